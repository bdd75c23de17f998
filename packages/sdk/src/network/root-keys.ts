import type { Curves, Point } from '@keymesh/threshold/curves';
import { ROOT_KEY_NAMES, ROOT_KEYS, type RootKeyName } from '@keymesh/threshold/public-key-package';
import { SdkError } from '../errors.ts';

export interface RootKeyOnChain {
  readonly kind: number;
  readonly publicKey: Uint8Array;
}

/** The root public keys that the members voted on chain. Each is decoded, and so checked, when it is first used. */
export class RootPublicKeys {
  readonly #curves: Curves;
  readonly #encoded: ReadonlyMap<RootKeyName, Uint8Array>;
  readonly #points = new Map<RootKeyName, Point>();

  constructor(curves: Curves, rootKeys: readonly RootKeyOnChain[]) {
    this.#curves = curves;
    const entries = ROOT_KEY_NAMES.flatMap((name) => {
      const found = rootKeys.find(({ kind }) => kind === ROOT_KEYS[name].kind);
      return found === undefined ? [] : [[name, found.publicKey] as const];
    });
    this.#encoded = new Map(entries);
  }

  /** @throws SdkError `sdk/chain-inconsistent`. */
  encoded(name: RootKeyName): Uint8Array {
    const encoded = this.#encoded.get(name);
    if (encoded === undefined) throw unusableRoot(name);
    return encoded;
  }

  /** @throws SdkError `sdk/chain-inconsistent` also if the bytes are no point: the contracts check their length only. */
  point(name: RootKeyName): Point {
    const known = this.#points.get(name);
    if (known !== undefined) return known;
    const encoded = this.encoded(name);
    try {
      const point = this.#curves[ROOT_KEYS[name].curve].decodePoint(encoded);
      this.#points.set(name, point);
      return point;
    } catch (cause) {
      throw unusableRoot(name, cause);
    }
  }
}

function unusableRoot(name: RootKeyName, cause?: unknown): SdkError {
  return new SdkError(`The chain holds no usable root key ${name}.`, {
    code: 'sdk/chain-inconsistent',
    fault: 'environment',
    hint: 'The contracts at this directory are not those of a Keymesh network of this release, or the RPC endpoint lies.',
    cause,
  });
}
