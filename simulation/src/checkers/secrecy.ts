import type { Outcome } from '../outcome.ts';

/**
 * No share of the epoch's keys, no nonce, no half of a presignature and no choices of base transfers are in any frame,
 * request, answer, log event or disk, neither as bytes nor as hex; and no entropy before its signer has bound it to a
 * request.
 */
export function checkSecrecy({ serving, secrets, wiretap }: Outcome): string[] {
  const shares = [...serving].flatMap(([party, epoch]) =>
    epoch.shares.map(({ name, share }) => ({
      ...{ party, what: `${name} share`, publicFrom: undefined },
      bytes: share.expose((bytes) => bytes.slice()),
    })),
  );
  const kept = [...shares, ...secrets];
  const heard = wiretap.firstHeard(kept.map(({ bytes }) => bytes));
  return kept
    .filter(({ publicFrom }, i) => (heard[i] ?? Number.POSITIVE_INFINITY) < (publicFrom ?? Number.POSITIVE_INFINITY))
    .map(({ party, what }) => `the ${what} of party ${party} can be read outside its process`);
}
