import { concatBytes, utf8 } from '@keymesh/foundation';

const HEADER_BYTES = 4;

/** A frame to a sandbox: length (u32, big endian) and JSON. */
export function encodeGuestFrame(frame: unknown): Uint8Array {
  const body = utf8(JSON.stringify(frame));
  const header = new Uint8Array(HEADER_BYTES);
  new DataView(header.buffer).setUint32(0, body.length);
  return concatBytes(header, body);
}

/** Cuts what comes from a sandbox into frames. What is in them is the program's word and nobody else's. */
export class GuestFrames {
  readonly #bytesMax: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** @param bytesMax of one frame. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** @returns the frames that are complete now, or `undefined` if the stream is none: it is not read on then. */
  push(chunk: Uint8Array): unknown[] | undefined {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: unknown[] = [];
    for (;;) {
      const length = this.#nextLength();
      if (length === undefined) return frames;
      if (length > this.#bytesMax) return undefined;
      if (this.#length < HEADER_BYTES + length) return frames;
      const body = this.#take(HEADER_BYTES + length).subarray(HEADER_BYTES);
      try {
        frames.push(JSON.parse(new TextDecoder().decode(body)));
      } catch {
        return undefined;
      }
    }
  }

  #nextLength(): number | undefined {
    if (this.#length < HEADER_BYTES) return undefined;
    const [first] = this.#chunks;
    if (first === undefined || first.length < HEADER_BYTES) this.#chunks = [concatBytes(...this.#chunks)];
    const head = this.#chunks[0] as Uint8Array;
    return new DataView(head.buffer, head.byteOffset).getUint32(0);
  }

  #take(length: number): Uint8Array {
    const all = concatBytes(...this.#chunks);
    this.#chunks = all.length === length ? [] : [all.subarray(length)];
    this.#length = all.length - length;
    return all.subarray(0, length);
  }
}
