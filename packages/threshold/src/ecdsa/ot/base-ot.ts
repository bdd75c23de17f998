import { concatBytes, type PartyIndex, type RandomSource, Transcript, utf8 } from '@keymesh/foundation';
import { type Curve, type Point, randomScalar } from '../../curves/index.ts';
import { bitAt } from '../kernel/bit-matrix.ts';
import { BASE_TRANSFERS, BLOCK_BYTES } from '../parameters.ts';
import { hashToPoint } from './hash-to-point.ts';

/**
 * A batch of 128 random transfers: endemic oblivious transfer from Diffie–Hellman (Masny–Rindal, ePrint 2019/706), in
 * one round, both messages independent. The sender's one message serves the whole batch; therefore every hash holds
 * the position (McQuoid–Rosulek–Roy, "Batching base oblivious transfers", ePrint 2021/682).
 *
 * For each position the receiver sends two points r_0, r_1 and knows the logarithm of r_b + H_b(r_1-b) for its choice b
 * only. Keys are hashes of y·(r_j + H_j(r_1-j)), where y·G is the sender's message.
 */
export interface BaseTransferSession {
  readonly curve: Curve;
  /** Names the epoch that the transfers belong to. 32 bytes. */
  readonly epochId: Uint8Array;
  readonly sender: PartyIndex;
  readonly receiver: PartyIndex;
}

/** Length of the sender's message. Bytes. */
export function senderMessageBytes(curve: Curve): number {
  return curve.pointBytes;
}
/** Length of the receiver's message. Bytes. */
export function receiverMessageBytes(curve: Curve): number {
  return 2 * BASE_TRANSFERS * curve.pointBytes;
}

/** What the sender keeps between the rounds. SECRET, and a `bigint`: it can only be forgotten. */
export interface BaseSender {
  readonly secret: bigint;
  readonly message: Uint8Array;
}

export function startBaseSender({ curve }: BaseTransferSession, random: RandomSource): BaseSender {
  const secret = randomScalar(curve, random);
  return { secret, message: curve.encodePoint(curve.multiplyBase(secret)) };
}

/** What the receiver keeps between the rounds. SECRET but for the message. */
export interface BaseReceiver {
  /** 128 bits. */
  readonly choices: Uint8Array;
  readonly exponents: readonly bigint[];
  readonly message: Uint8Array;
}

export function startBaseReceiver(session: BaseTransferSession, random: RandomSource): BaseReceiver {
  const { curve } = session;
  const choices = random(BLOCK_BYTES);
  const exponents: bigint[] = [];
  const points: Uint8Array[] = [];
  for (let i = 0; i < BASE_TRANSFERS; i++) {
    const choice = bitAt(choices, i);
    const exponent = randomScalar(curve, random);
    const other = curve.encodePoint(curve.multiplyBase(randomScalar(curve, random)));
    const mask = maskPoint(session, i, choice, other);
    const chosen = curve.encodePoint(curve.add(curve.multiplyBase(exponent), curve.negate(mask)));
    // Both points become public, and so does how long each takes to hash: doing both hides which one was needed.
    maskPoint(session, i, 1 - choice, chosen);
    exponents.push(exponent);
    points.push(...(choice === 0 ? [chosen, other] : [other, chosen]));
  }
  return { choices, exponents, message: concatBytes(...points) };
}

/** Both keys of each transfer, 16 bytes each, joined. SECRET. */
export interface SenderKeys {
  readonly zero: Uint8Array;
  readonly one: Uint8Array;
}

/**
 * @param received the receiver's message, of the right length.
 * @throws ThresholdError `curve/invalid-point` for a message that no honest receiver sends.
 */
export function finishBaseSender(session: BaseTransferSession, own: BaseSender, received: Uint8Array): SenderKeys {
  const { curve } = session;
  const digest = digestMessages(session, own.message, received);
  const keys = {
    zero: new Uint8Array(BASE_TRANSFERS * BLOCK_BYTES),
    one: new Uint8Array(BASE_TRANSFERS * BLOCK_BYTES),
  };
  for (let i = 0; i < BASE_TRANSFERS; i++) {
    const at = 2 * i * curve.pointBytes;
    const zero = received.slice(at, at + curve.pointBytes);
    const one = received.slice(at + curve.pointBytes, at + 2 * curve.pointBytes);
    const branches = [
      [zero, one],
      [one, zero],
    ] as const;
    branches.forEach(([point, other], branch) => {
      const sum = curve.add(curve.decodePoint(point), maskPoint(session, i, branch, other));
      const key = deriveKey(digest, i, branch, curve.encodePoint(curve.multiply(sum, own.secret)));
      (branch === 0 ? keys.zero : keys.one).set(key, i * BLOCK_BYTES);
    });
  }
  return keys;
}

/**
 * @param received the sender's message, of the right length.
 * @returns for each position the key of the choice, 16 bytes each, joined. SECRET.
 * @throws ThresholdError `curve/invalid-point`.
 */
export function finishBaseReceiver(session: BaseTransferSession, own: BaseReceiver, received: Uint8Array): Uint8Array {
  const { curve } = session;
  const digest = digestMessages(session, received, own.message);
  const senderPoint = curve.decodePoint(received);
  const keys = new Uint8Array(BASE_TRANSFERS * BLOCK_BYTES);
  own.exponents.forEach((exponent, i) => {
    const shared = curve.encodePoint(curve.multiply(senderPoint, exponent));
    keys.set(deriveKey(digest, i, bitAt(own.choices, i), shared), i * BLOCK_BYTES);
  });
  return keys;
}

/** H_branch(other), the point that the receiver cannot know the logarithm of for both branches. */
function maskPoint(session: BaseTransferSession, position: number, branch: number, other: Uint8Array): Point {
  const transcript = describe(session, 'ecdsa/v1/base-transfer-mask')
    .appendU32('position', position)
    .appendU32('branch', branch)
    .append('other', other);
  return hashToPoint(session.curve, transcript);
}

function digestMessages(session: BaseTransferSession, sent: Uint8Array, answered: Uint8Array): Uint8Array {
  return describe(session, 'ecdsa/v1/base-transfer').append('sender', sent).append('receiver', answered).digest();
}

function deriveKey(digest: Uint8Array, position: number, branch: number, shared: Uint8Array): Uint8Array {
  return new Transcript('ecdsa/v1/base-transfer-key')
    .append('messages', digest)
    .appendU32('position', position)
    .appendU32('branch', branch)
    .append('shared', shared)
    .digest()
    .slice(0, BLOCK_BYTES);
}

function describe({ curve, epochId, sender, receiver }: BaseTransferSession, domain: string): Transcript {
  return new Transcript(domain)
    .append('curve', utf8(curve.name))
    .append('epoch', epochId)
    .appendU32('sender', sender)
    .appendU32('receiver', receiver);
}
