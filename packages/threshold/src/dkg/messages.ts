import { type PartyIndex, Reader, Writer } from '@keymesh/foundation';
import type { Curves } from '../curves/index.ts';
import { malformedMessage } from './errors.ts';
import { proofBytes, readProof, type SchnorrProof, writeProof } from './proofs/schnorr-proof.ts';
import { encryptionCurve, rootsOf } from './roots.ts';
import { shareVectorBytes } from './share-encryption.ts';
import type { KeyGenerationParameters } from './types.ts';

/** First byte of every message body. Another number is another protocol; 1 had four root keys. */
export const MESSAGE_VERSION = 2;
/** Length of every hash in a message. Bytes. */
export const DIGEST_BYTES = 32;

/** The rounds in order; a message's round number is 1 + its place. */
export const ROUNDS = ['commit', 'deal', 'verdict', 'confirm'] as const;
export const ROUND = { commit: 1, deal: 2, verdict: 3, confirm: 4 } as const satisfies Record<
  (typeof ROUNDS)[number],
  number
>;

/** Round 1. */
export interface CommitMessage {
  readonly openingHash: Uint8Array;
  /** Encoded point. Checked at the end of the round. */
  readonly encryptionKey: Uint8Array;
  readonly encryptionKeyProof: SchnorrProof;
}

/** Round 2. */
export interface DealMessage {
  /** For each root: t encoded commitments and a proof of knowledge. Checked at the end of the round. */
  readonly opening: Uint8Array;
  /** Encrypted share vectors for all other participants, ascending. */
  readonly vectors: readonly Uint8Array[];
}

/** Round 3. */
export interface VerdictMessage {
  /** For each participant, ascending: digest of its round 1 and 2 messages as the sender saw them. */
  readonly seen: readonly Uint8Array[];
  /** Ascending by dealer. */
  readonly complaints: readonly Complaint[];
}

export interface Complaint {
  readonly dealer: PartyIndex;
  /** Encoded Diffie–Hellman value of complainer and dealer. */
  readonly shared: Uint8Array;
  readonly proof: SchnorrProof;
}

/** Round 4. */
export interface ConfirmMessage {
  /** For each participant, ascending: digest of its round 3 message as the sender saw it. */
  readonly seen: readonly Uint8Array[];
  readonly resultHash: Uint8Array;
}

export type Message = CommitMessage | DealMessage | VerdictMessage | ConfirmMessage;

type Setting = Pick<KeyGenerationParameters, 'curves' | 'participants' | 'threshold'>;

/** Length of the part of round 2 that round 1 commits to. Bytes. */
export function openingBytes({ curves, threshold }: Pick<Setting, 'curves' | 'threshold'>): number {
  return rootsOf(curves).reduce((sum, { curve }) => sum + threshold * curve.pointBytes + proofBytes(curve), 0);
}

/**
 * The largest body of a round that can be valid. Bytes. Longer ones are refused unread. Rounds 1, 2 and 4 have exactly
 * this length.
 */
export function messageBytesMax(setting: Setting, round: number): number {
  const { curves, participants } = setting;
  const others = participants.length - 1;
  const seen = participants.length * DIGEST_BYTES;
  const key = encryptionCurve(curves);
  const keyAndProof = key.pointBytes + proofBytes(key);
  if (round === ROUND.commit) return 1 + DIGEST_BYTES + keyAndProof;
  if (round === ROUND.deal) return 1 + openingBytes(setting) + others * shareVectorBytes(curves);
  if (round === ROUND.verdict) return 1 + seen + 2 + others * (2 + keyAndProof);
  return 1 + seen + DIGEST_BYTES;
}

export function encodeCommit(curves: Curves, message: CommitMessage): Uint8Array {
  const writer = new Writer().u8(MESSAGE_VERSION).fixed(message.openingHash).fixed(message.encryptionKey);
  return writeProof(writer, encryptionCurve(curves), message.encryptionKeyProof).finish();
}

export function encodeDeal(message: DealMessage): Uint8Array {
  const writer = new Writer().u8(MESSAGE_VERSION).fixed(message.opening);
  for (const vector of message.vectors) writer.fixed(vector);
  return writer.finish();
}

export function encodeVerdict(curves: Curves, message: VerdictMessage): Uint8Array {
  const writer = new Writer().u8(MESSAGE_VERSION);
  for (const digest of message.seen) writer.fixed(digest);
  return writer
    .list(message.complaints, (list, { dealer, shared, proof }) => {
      writeProof(list.u16(dealer).fixed(shared), encryptionCurve(curves), proof);
    })
    .finish();
}

export function encodeConfirm(message: ConfirmMessage): Uint8Array {
  const writer = new Writer().u8(MESSAGE_VERSION);
  for (const digest of message.seen) writer.fixed(digest);
  return writer.fixed(message.resultHash).finish();
}

/** @throws KeymeshError if the body is not the one encoding of a commit message. Points are checked later. */
export function decodeCommit({ curves }: Setting, body: Uint8Array): CommitMessage {
  const curve = encryptionCurve(curves);
  return decode(body, (reader) => ({
    openingHash: reader.fixed(DIGEST_BYTES),
    encryptionKey: reader.fixed(curve.pointBytes),
    encryptionKeyProof: readProof(reader, curve),
  }));
}

/** @throws KeymeshError if the body does not have the only possible length. Its content is checked later. */
export function decodeDeal(setting: Setting, body: Uint8Array): DealMessage {
  const { curves, participants } = setting;
  return decode(body, (reader) => ({
    opening: reader.fixed(openingBytes(setting)),
    vectors: participants.slice(1).map(() => reader.fixed(shareVectorBytes(curves))),
  }));
}

/** @throws KeymeshError also if complaints are not ascending and distinct. */
export function decodeVerdict({ curves, participants }: Setting, body: Uint8Array): VerdictMessage {
  const curve = encryptionCurve(curves);
  return decode(body, (reader) => {
    const seen = participants.map(() => reader.fixed(DIGEST_BYTES));
    const complaints = reader.list(participants.length - 1, (list) => ({
      dealer: list.u16(),
      shared: list.fixed(curve.pointBytes),
      proof: readProof(list, curve),
    }));
    for (const [i, { dealer }] of complaints.entries()) {
      if (i > 0 && dealer <= (complaints[i - 1] as Complaint).dealer) throw malformedMessage('complaints out of order');
    }
    return { seen, complaints };
  });
}

/** @throws KeymeshError if the body does not have the only possible length. */
export function decodeConfirm({ participants }: Setting, body: Uint8Array): ConfirmMessage {
  return decode(body, (reader) => ({
    seen: participants.map(() => reader.fixed(DIGEST_BYTES)),
    resultHash: reader.fixed(DIGEST_BYTES),
  }));
}

function decode<T>(body: Uint8Array, read: (reader: Reader) => T): T {
  const reader = new Reader(body);
  if (reader.u8() !== MESSAGE_VERSION) throw malformedMessage('unknown version');
  const message = read(reader);
  reader.end();
  return message;
}
