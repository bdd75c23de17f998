import { fromHex } from '@keymesh/foundation';
import { CID_CHARS_MAX } from '@keymesh/protocol/cid';
import { SCHEME_NAMES } from '@keymesh/protocol/schemes';
import { authSigSchema } from '@keymesh/protocol/sessions';
import * as v from 'valibot';

/** Bytes as the bridge hands them over. */
export const bytesField = v.instance(Uint8Array, 'bytes');

/** What authors write as a key: 33 or 65 bytes on secp256k1 as hex, or a token's number. */
export const keyField = v.pipe(v.string(), v.regex(/^(?:0x)?[0-9a-fA-F]{2,130}$/));

export const nameField = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

export const cidField = v.pipe(v.string(), v.minLength(1), v.maxLength(CID_CHARS_MAX));

export const chainField = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

export const schemeField = v.picklist(SCHEME_NAMES);

export const accountField = v.pipe(v.string(), v.regex(/^0x[0-9a-fA-F]{40}$/));

/** A token as `0x` and hex, or decimal. */
export const tokenField = v.pipe(
  v.string(),
  v.regex(/^(?:0x[0-9a-fA-F]{1,64}|\d{1,78})$/),
  v.transform((text) => BigInt(text)),
);

export const conditionsField = v.pipe(v.array(v.unknown()), v.minLength(1));

/** A wallet's proof of its address, or null for the caller's own session. */
export const authSigField = v.nullable(authSigSchema);

/** Hex with or without `0x`. */
export function bytesOfHex(text: string): Uint8Array {
  return fromHex(text.replace(/^0x/, '').toLowerCase());
}
