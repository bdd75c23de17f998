import * as v from 'valibot';
import { COMMITTEE_SIZE_MAX, REQUEST_ID_CHARS_MAX } from '../limits.ts';

/** Exactly `length` bytes as lower-case hex without `0x`, so that equal bytes are equal texts. */
export function hexOf(length: number) {
  return v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${2 * length}}$`)));
}

/** At most `maxLength` bytes as lower-case hex without `0x`; may be empty. */
export function hexUpTo(maxLength: number) {
  return v.pipe(
    v.string(),
    v.maxLength(2 * maxLength),
    v.regex(/^[0-9a-f]*$/),
    v.check((text) => text.length % 2 === 0, 'an even number of digits'),
  );
}

/** A 20-byte account with `0x`, in any letter case. */
export const addressField = v.pipe(v.string(), v.regex(/^0x[0-9a-fA-F]{40}$/));

/** A 256-bit number as `0x` and 64 lower-case digits. */
export const word256Field = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{64}$/));

export const partyField = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(COMMITTEE_SIZE_MAX));

/** A signer set: ascending, each once. */
export const signersField = v.pipe(
  v.array(partyField),
  v.maxLength(COMMITTEE_SIZE_MAX),
  v.check(
    (parties) => parties.every((party, i) => i === 0 || party > (parties[i - 1] as number)),
    'ascending parties, each once',
  ),
);

export const epochField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Chosen by the client, the same to every node of one operation; for logs and for refusing a changed repeat. */
export const requestIdField = v.pipe(
  v.string(),
  v.minLength(8),
  v.maxLength(REQUEST_ID_CHARS_MAX),
  v.regex(/^[A-Za-z0-9_-]+$/),
);

export const blockField = v.strictObject({
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  hash: word256Field,
});

export type BlockReference = v.InferOutput<typeof blockField>;
