import type { PartyIndex } from '@keymesh/foundation';
import { ContractsError } from './errors.ts';

/** Most members of a validator set. `Staking.VALIDATORS_MAX`. */
const VALIDATORS_MAX = 100;

/**
 * The bitmap of a set of parties as `Staking` uses it: bit i−1 stands for party index i.
 *
 * @param parties party indices, 1 … 100, in any order
 * @throws ContractsError `contracts/party-index-out-of-range`
 */
export function bitmapOfParties(parties: Iterable<PartyIndex>): bigint {
  let bitmap = 0n;
  for (const party of parties) {
    if (!Number.isInteger(party) || party < 1 || party > VALIDATORS_MAX) {
      throw new ContractsError(`Party index ${party} is not between 1 and ${VALIDATORS_MAX}.`, {
        code: 'contracts/party-index-out-of-range',
        fault: 'caller',
      });
    }
    bitmap |= 1n << BigInt(party - 1);
  }
  return bitmap;
}

/** The party indices of a bitmap of `Staking`, ascending. */
export function partiesOfBitmap(bitmap: bigint): PartyIndex[] {
  const parties: PartyIndex[] = [];
  for (let party = 1, rest = bitmap; rest > 0n; party += 1, rest >>= 1n) {
    if ((rest & 1n) === 1n) parties.push(party);
  }
  return parties;
}
