import { bigintToBytes, concatBytes, type RandomSource, sha256Of, utf8 } from '@keymesh/foundation';

/** A reproducible `RandomSource` for tests: SHA-256 of the seed and a counter. */
export function seededRandom(seed: string | number): RandomSource {
  let counter = 0n;
  return (length) => {
    const blocks: Uint8Array[] = [];
    for (let have = 0; have < length; have += 32) {
      blocks.push(sha256Of(utf8(`test/${seed}`), bigintToBytes(counter++, 8)));
    }
    return concatBytes(...blocks).slice(0, length);
  };
}
