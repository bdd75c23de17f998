import { kernelBytes } from '../../kernel-bytes.ts';

/** What the kernel of `assembly/points/index.ts` exports; the comments on the operations stand there. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  points(): number;
  scalars(): number;
  result(): number;
  bytes(): number;
  pointSize(): number;
  scalarSize(): number;
  encodingSize(): number;
  maxTerms(): number;
  identity(): void;
  generator(): void;
  decode(): number;
  decodeTrusted(): number;
  encode(): void;
  isIdentity(): number;
  areEqual(): number;
  addition(): void;
  negation(): void;
  secretProduct(): void;
  secretBaseProduct(): void;
  publicBaseProduct(): void;
  publicSum(count: number): void;
  wipeResult(): void;
  fieldOperation(operation: number, byteCount: number): number;
}

/** A point as the kernel computes with it. Coordinates are not unique: compare with `areEqual`. */
export type KernelPoint = Uint8Array;

/** Operations of the field, for its tests. */
const FIELD_OPERATIONS = { multiply: 0, square: 1, add: 2, subtract: 3 } as const;

/**
 * One instance of a curve's kernel. Points live in the caller's arrays and are copied into the kernel's memory for each
 * operation, so nothing has to be freed. Memory never grows, so views of it stay valid.
 */
export class PointsKernel {
  readonly #kernel: KernelExports;
  readonly #memory: Uint8Array;
  readonly #words: BigUint64Array;
  readonly #pointSize: number;
  readonly #pointsAt: number;
  readonly #scalarsAt: number;
  readonly #resultAt: number;
  readonly #bytesAt: number;

  /** @param base64 a generated module of `src/generated/`. @throws where there is no WebAssembly with SIMD. */
  static async load(base64: string): Promise<PointsKernel> {
    const { instance } = await WebAssembly.instantiate(kernelBytes(base64));
    return new PointsKernel(instance.exports as unknown as KernelExports);
  }

  private constructor(kernel: KernelExports) {
    this.#kernel = kernel;
    this.#memory = new Uint8Array(kernel.memory.buffer);
    this.#words = new BigUint64Array(kernel.memory.buffer);
    this.#pointSize = kernel.pointSize();
    this.#pointsAt = kernel.points();
    this.#scalarsAt = kernel.scalars();
    this.#resultAt = kernel.result();
    this.#bytesAt = kernel.bytes();
  }

  get identity(): KernelPoint {
    this.#kernel.identity();
    return this.#result();
  }

  get generator(): KernelPoint {
    this.#kernel.generator();
    return this.#result();
  }

  /** @param bytes what the group's `decodePoint` in the kernel reads. Undefined if that is no point. */
  decode(bytes: Uint8Array): KernelPoint | undefined {
    this.#memory.set(bytes, this.#bytesAt);
    return this.#kernel.decode() === 0 ? undefined : this.#result();
  }

  /** The same without the check of the order, for bytes that are known to encode a point of the group. */
  decodeTrusted(bytes: Uint8Array): KernelPoint | undefined {
    this.#memory.set(bytes, this.#bytesAt);
    return this.#kernel.decodeTrusted() === 0 ? undefined : this.#result();
  }

  /** @returns what the group's `encodePoint` in the kernel writes. */
  encode(point: KernelPoint): Uint8Array {
    this.#put(point);
    this.#kernel.encode();
    return this.#memory.slice(this.#bytesAt, this.#bytesAt + this.#kernel.encodingSize());
  }

  isIdentity(point: KernelPoint): boolean {
    this.#put(point);
    return this.#kernel.isIdentity() !== 0;
  }

  areEqual(a: KernelPoint, b: KernelPoint): boolean {
    this.#put(a, b);
    return this.#kernel.areEqual() !== 0;
  }

  add(a: KernelPoint, b: KernelPoint): KernelPoint {
    this.#put(a, b);
    this.#kernel.addition();
    return this.#result();
  }

  negate(point: KernelPoint): KernelPoint {
    this.#put(point);
    this.#kernel.negation();
    return this.#result();
  }

  multiply(point: KernelPoint, secret: bigint): KernelPoint {
    this.#put(point);
    this.#putScalar(0, secret);
    this.#kernel.secretProduct();
    return this.#secretResult();
  }

  multiplyBase(secret: bigint): KernelPoint {
    this.#putScalar(0, secret);
    this.#kernel.secretBaseProduct();
    return this.#secretResult();
  }

  multiplyBasePublic(scalar: bigint): KernelPoint {
    this.#putScalar(0, scalar);
    this.#kernel.publicBaseProduct();
    return this.#result();
  }

  /** In portions, because the kernel has room for so many products only. */
  sumOfProductsPublic(points: readonly KernelPoint[], scalars: readonly bigint[]): KernelPoint {
    const most = this.#kernel.maxTerms();
    let sum: KernelPoint | undefined;
    for (let from = 0; from < points.length || sum === undefined; from += most) {
      const portion = points.slice(from, from + most);
      this.#put(...portion);
      for (let i = 0; i < portion.length; i++) this.#putScalar(i, scalars[from + i] as bigint);
      this.#kernel.publicSum(portion.length);
      const part = this.#result();
      sum = sum === undefined ? part : this.add(sum, part);
    }
    return sum;
  }

  /**
   * One operation of the field on little-endian numbers below the modulus: what everything else rests on, and therefore
   * tested by itself.
   */
  field(operation: keyof typeof FIELD_OPERATIONS, a: Uint8Array, b: Uint8Array): Uint8Array | undefined {
    this.#memory.set(a, this.#pointsAt);
    this.#memory.set(b, this.#pointsAt + this.#pointSize);
    if (this.#kernel.fieldOperation(FIELD_OPERATIONS[operation], a.length) === 0) return undefined;
    return this.#memory.slice(this.#pointsAt, this.#pointsAt + a.length);
  }

  #put(...points: readonly KernelPoint[]): void {
    let at = this.#pointsAt;
    for (const point of points) {
      this.#memory.set(point, at);
      at += this.#pointSize;
    }
  }

  #putScalar(index: number, scalar: bigint): void {
    const words = this.#kernel.scalarSize() / 8;
    const at = this.#scalarsAt / 8 + index * words;
    let rest = scalar;
    for (let i = 0; i < words; i++) {
      // Assignment takes the lowest 64 bits.
      this.#words[at + i] = rest;
      rest >>= 64n;
    }
  }

  #result(): KernelPoint {
    return this.#memory.slice(this.#resultAt, this.#resultAt + this.#pointSize);
  }

  #secretResult(): KernelPoint {
    const result = this.#result();
    this.#kernel.wipeResult();
    return result;
  }
}
