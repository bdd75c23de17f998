import { fromHex, toHex } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';
import { assertPartyIndex } from '../sharing/index.ts';
import { G2_BYTES, SCALAR_BYTES } from './backend.ts';
import type { PartialSignature } from './partial-signature.ts';

/** The exact text: field order and absence of spaces matter to the reference, which tells forms apart by length. */
const SHARE_JSON = /^\{"ProofOfPossession":\{"identifier":"([0-9a-f]{64})","value":"([0-9a-f]{192})"\}\}$/;
/** A party index has one byte; the other 31 of the little-endian identifier are zero. */
const IDENTIFIER_TAIL = '00'.repeat(SCALAR_BYTES - 1);

/**
 * A partial signature as the reference's clients exchange and combine it (lit-sdk-wire.md A.7): the identifier is the
 * party index as a 32-byte little-endian scalar. 306 characters.
 * @throws ThresholdError `sharing/invalid-party`, `bls/malformed-share` if the value is not 96 bytes.
 */
export function encodeShareJson({ party, value }: PartialSignature): string {
  assertPartyIndex(party);
  if (value.length !== G2_BYTES) throw malformed();
  const identifier = party.toString(16).padStart(2, '0') + IDENTIFIER_TAIL;
  return `{"ProofOfPossession":{"identifier":"${identifier}","value":"${toHex(value)}"}}`;
}

/**
 * Reads what `encodeShareJson` writes, and nothing else. The value is not checked to be a point.
 * @throws ThresholdError `bls/malformed-share`, `sharing/invalid-party`.
 */
export function decodeShareJson(text: string): PartialSignature {
  const match = SHARE_JSON.exec(text);
  if (match === null) throw malformed();
  const [, identifier, value] = match as unknown as [string, string, string];
  if (!identifier.endsWith(IDENTIFIER_TAIL)) throw malformed();
  const party = Number.parseInt(identifier.slice(0, 2), 16);
  assertPartyIndex(party);
  return { party, value: fromHex(value) };
}

function malformed(): ThresholdError {
  return new ThresholdError('The text is not the JSON form of a partial BLS signature.', {
    code: 'bls/malformed-share',
    fault: 'peer',
    hint: 'Expected {"ProofOfPossession":{"identifier":"<64 hex>","value":"<192 hex>"}} with a small identifier.',
  });
}
