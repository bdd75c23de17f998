import { bytesToBigint, concatBytes, utf8 } from '@keymesh/foundation';
import { ristretto255 } from '@noble/curves/ed25519.js';
import type { FrostSuite } from '../suite.ts';
import { MerlinTranscript } from './merlin/transcript.ts';
import { plainForm } from './plain-form.ts';

const ID = 'FROST-Schnorrkel-Merlin-Strobe128-v1';
const ORDER = ristretto255.Point.Fn.ORDER;
/** Of everything that is squeezed from a transcript. Bytes. */
const HASH_BYTES = 64;
/** The signing context of Substrate chains. */
const CONTEXT = utf8('substrate');
const PROTOCOL = utf8('Schnorr-sig');
/** Bit of a signature's last byte that tells it from an Ed25519 signature. */
const SCHNORRKEL_MARK = 0x80;

/** The reference network's H1, H3, H4 and H5: one transcript for each, one message in it. */
function hash(label: string, input: Uint8Array): Uint8Array {
  const transcript = new MerlinTranscript(ID + label);
  transcript.append('msg', input);
  const output = transcript.challenge('result', HASH_BYTES);
  transcript.wipe();
  return output;
}

const toScalar = (wide: Uint8Array): bigint => bytesToBigint(wide.reverse()) % ORDER;

/** The challenge of schnorrkel 0.11 for signatures in the context "substrate". */
function challenge(groupCommitment: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  const transcript = new MerlinTranscript('SigningContext');
  transcript.append('', CONTEXT);
  transcript.append('sign-bytes', message);
  transcript.append('proto-name', PROTOCOL);
  transcript.append('sign:pk', publicKey);
  transcript.append('sign:R', groupCommitment);
  return toScalar(transcript.challenge('sign:c', HASH_BYTES));
}

/** Sets the mark where it is not, and the other way round: an unmarked part becomes no canonical scalar. */
function toggleMark(part: Uint8Array): Uint8Array {
  const toggled = part.slice();
  const last = toggled.length - 1;
  toggled[last] = (toggled[last] as number) ^ SCHNORRKEL_MARK;
  return toggled;
}

/** FROST with sr25519 signatures as Substrate chains verify them (schnorrkel; ristretto255 with Merlin transcripts). */
export const frostSchnorrkel: FrostSuite<'ristretto255'> = {
  id: ID,
  scheme: 'SchnorrkelSubstrate',
  curve: 'ristretto255',
  signatureBytes: 64,
  ...plainForm,
  hashToBindingFactor: (input) => toScalar(hash('rho', input)),
  hashToChallenge: challenge,
  hashToNonce: (input) => toScalar(hash('nonce', input)),
  hashMessage: (message) => hash('msg', message),
  hashCommitmentList: (list) => hash('com', list),
  encodeSignature: (groupCommitment, response) => concatBytes(groupCommitment, toggleMark(response)),
  decodeResponse: toggleMark,
};
