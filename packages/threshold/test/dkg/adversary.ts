import { concatBytes, type PartyIndex } from '@keymesh/foundation';
import { type Point, randomScalar } from '../../src/curves/index.ts';
import { createDealing, hashOpening } from '../../src/dkg/dealing.ts';
import {
  type CommitMessage,
  type Complaint,
  type ConfirmMessage,
  type DealMessage,
  decodeCommit,
  decodeConfirm,
  decodeDeal,
  encodeCommit,
  encodeConfirm,
  encodeDeal,
  encodeVerdict,
} from '../../src/dkg/messages.ts';
import { proveEquality } from '../../src/dkg/proofs/equality.ts';
import { encodeShareVector } from '../../src/dkg/share-encryption.ts';
import { digestMessage, digestOfAuthor } from '../../src/dkg/view.ts';
import { ROOT_KEY_NAMES, ROOT_KEYS } from '../../src/root-keys.ts';
import { evaluatePolynomial } from '../../src/sharing/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { type Behaviour, curves, type Delivery, parametersOf, type Run, run, type Setting } from './network.ts';

/** One root's part of an opening, encoded. */
export interface OpeningPart {
  readonly commitments: readonly Uint8Array[];
  readonly challenge: Uint8Array;
  readonly response: Uint8Array;
}

/**
 * An adversary that knows everything, also what no real one could: it has rehearsed the honest run with the same
 * randomness. So it can commit in round 1 to what it makes of the others' openings of round 2.
 */
export class Adversary {
  readonly of: Setting;
  readonly rehearsal: Run;
  readonly #complaints = new Map<PartyIndex, readonly Complaint[]>();
  readonly #misreports = new Map<PartyIndex, (seen: readonly Uint8Array[]) => readonly Uint8Array[]>();
  readonly #bodies = new Map<string, (to: PartyIndex) => Uint8Array | undefined>();

  /** @param rehearsal the honest run with the same setting. */
  constructor(of: Setting, rehearsal: Run) {
    this.of = of;
    this.rehearsal = rehearsal;
  }

  /** The honest body of a party in a round. */
  honest(party: PartyIndex, round: number): Uint8Array {
    return this.rehearsal.sent.get(`${party}:${round}`)!;
  }

  /** In place of what its code sends, `party` sends this. */
  say(party: PartyIndex, round: number, body: Uint8Array | ((to: PartyIndex) => Uint8Array | undefined)): this {
    this.#bodies.set(`${party}:${round}`, typeof body === 'function' ? body : () => body);
    return this;
  }

  sayCommit(party: PartyIndex, change: (message: CommitMessage) => Partial<CommitMessage>): this {
    const message = decodeCommit(this.of, this.honest(party, 1));
    return this.say(party, 1, encodeCommit(curves, { ...message, ...change(message) }));
  }

  sayDeal(party: PartyIndex, change: (message: DealMessage) => Partial<DealMessage>): this {
    const message = decodeDeal(this.of, this.honest(party, 2));
    return this.say(party, 2, encodeDeal({ ...message, ...change(message) }));
  }

  /** Changes an opening and the hash that commits to it. */
  sayOpening(party: PartyIndex, change: (parts: readonly OpeningPart[]) => readonly OpeningPart[]): this {
    const opening = joinOpening(change(this.opening(party)));
    const openingHash = hashOpening(this.of.executionId, party, opening);
    return this.sayCommit(party, () => ({ openingHash })).sayDeal(party, () => ({ opening }));
  }

  /** `party` complains. Its view is what was really said, unless it misreports too. */
  complain(party: PartyIndex, complaints: readonly Complaint[]): this {
    this.#complaints.set(party, complaints);
    return this;
  }

  /** `party` reports another view of rounds 1 and 2 than it had. */
  misreport(party: PartyIndex, change: (seen: readonly Uint8Array[]) => readonly Uint8Array[]): this {
    this.#misreports.set(party, change);
    return this;
  }

  sayConfirm(party: PartyIndex, change: (message: ConfirmMessage) => Partial<ConfirmMessage>): this {
    const message = decodeConfirm(this.of, this.honest(party, 4));
    return this.say(party, 4, encodeConfirm({ ...message, ...change(message) }));
  }

  opening(party: PartyIndex): readonly OpeningPart[] {
    return splitOpening(this.of, decodeDeal(this.of, this.honest(party, 2)).opening);
  }

  /** What `dealer` encrypted for `receiver`, changed in the clear. Returns the new vectors of the dealing. */
  dealShares(dealer: PartyIndex, receiver: PartyIndex, change: (shares: readonly bigint[]) => readonly bigint[]): this {
    const honest = encodeShareVector(curves, this.shares(dealer, receiver));
    const changed = encodeShareVector(curves, change(this.shares(dealer, receiver)));
    return this.flipShares(dealer, receiver, (i) => (honest[i] as number) ^ (changed[i] as number));
  }

  /** XORs into one encrypted vector, on top of what `dealer` already says in round 2. */
  flipShares(dealer: PartyIndex, receiver: PartyIndex, mask: (i: number) => number): this {
    const said = this.#bodies.get(`${dealer}:2`)?.(receiver) ?? this.honest(dealer, 2);
    const { opening, vectors } = decodeDeal(this.of, said);
    const place = this.of.participants.filter((party) => party !== dealer).indexOf(receiver);
    const changed = vectors.map((vector, at) => (at === place ? vector.map((byte, i) => byte ^ mask(i)) : vector));
    return this.say(dealer, 2, encodeDeal({ opening, vectors: changed }));
  }

  /** The shares of one dealing in the clear. */
  shares(dealer: PartyIndex, receiver: PartyIndex): readonly bigint[] {
    const { polynomials } = this.secretsOf(dealer).dealing;
    return ROOT_KEY_NAMES.map((name, i) =>
      evaluatePolynomial(curves[ROOT_KEYS[name].curve], polynomials[i]!, receiver),
    );
  }

  /** Draws a party's secrets again, as its code does. */
  secretsOf(party: PartyIndex) {
    const random = seededRandom(`${this.of.seed}, party ${party}`);
    const encryptionSecret = randomScalar(curves.secp256k1, random);
    randomScalar(curves.secp256k1, random);
    const dealing = createDealing({ ...parametersOf(this.of, party), random });
    return { encryptionSecret, dealing };
  }

  encryptionKey(party: PartyIndex): Point {
    return curves.secp256k1.decodePoint(decodeCommit(this.of, this.honest(party, 1)).encryptionKey);
  }

  /** A complaint with a valid proof of whatever is claimed. */
  complaint(
    complainer: PartyIndex,
    dealer: PartyIndex,
    options: {
      readonly executionId?: Uint8Array;
      readonly shared?: Point;
      readonly prover?: PartyIndex;
      readonly peer?: PartyIndex;
    } = {},
  ): Complaint {
    const curve = curves.secp256k1;
    const secret = this.secretsOf(complainer).encryptionSecret;
    const peerKey = this.encryptionKey(dealer);
    const shared = options.shared ?? curve.multiply(peerKey, secret);
    const proof = proveEquality(
      {
        executionId: options.executionId ?? this.of.executionId,
        prover: options.prover ?? complainer,
        peer: options.peer ?? dealer,
        curve,
        proverKey: this.encryptionKey(complainer),
        peerKey,
        shared,
      },
      secret,
      seededRandom('a proof'),
    );
    return { dealer, shared: curve.encodePoint(shared), proof };
  }

  /**
   * Honest code for everybody else, these words for the corrupt. Where nothing else is said, the corrupt give an honest
   * verdict on what they really said, and confirm what an honest party confirms, so that their lie is found by the
   * check that is meant to find it. (Their own code often stops, because it did not expect its own lie.)
   */
  attack(behaviour: Omit<Behaviour, 'tamper' | 'inject'> = {}): Run {
    const corrupt = new Set([...this.#bodies.keys()].map((key) => Number(key.split(':')[0])));
    for (const party of [...this.#complaints.keys(), ...this.#misreports.keys()]) corrupt.add(party);
    return run(this.of, {
      ...behaviour,
      tamper: ({ from, to, round, body }, sent) => {
        const said = this.#bodies.get(`${from}:${round}`);
        if (said !== undefined) return said(to);
        if (!corrupt.has(from) || round < 3) return body;
        return round === 3 ? this.#verdict(from, to, sent) : undefined;
      },
      inject: (sent) => this.#confirmations(corrupt, sent),
    });
  }

  #confirmations(corrupt: ReadonlySet<PartyIndex>, sent: Run['sent']): readonly Delivery[] {
    const honest = this.of.participants.filter((party) => !corrupt.has(party));
    const body = sent.get(`${honest[0]}:4`);
    if (body === undefined) return [];
    const unsaid = [...corrupt].filter((party) => !this.#bodies.has(`${party}:4`));
    return unsaid.flatMap((from) => honest.map((to) => ({ from, to, round: 4, body })));
  }

  #verdict(from: PartyIndex, to: PartyIndex, sent: Run['sent']): Uint8Array {
    const { executionId, participants } = this.of;
    const digests = (author: PartyIndex) =>
      [1, 2].map((round) => {
        const said = this.#bodies.get(`${author}:${round}`);
        const body = (said === undefined ? undefined : said(to)) ?? sent.get(`${author}:${round}`)!;
        return digestMessage(executionId, author, round, body);
      });
    const seen = participants.map((author) => digestOfAuthor(digests(author)));
    const change = this.#misreports.get(from) ?? ((honest) => honest);
    return encodeVerdict(curves, { seen: change(seen), complaints: this.#complaints.get(from) ?? [] });
  }
}

function splitOpening({ threshold }: Setting, opening: Uint8Array): readonly OpeningPart[] {
  let offset = 0;
  const take = (length: number) => {
    offset += length;
    return opening.slice(offset - length, offset);
  };
  return ROOT_KEY_NAMES.map((name) => {
    const curve = curves[ROOT_KEYS[name].curve];
    const commitments = Array.from({ length: threshold }, () => take(curve.pointBytes));
    return { commitments, challenge: take(curve.scalarBytes), response: take(curve.scalarBytes) };
  });
}

export function joinOpening(parts: readonly OpeningPart[]): Uint8Array {
  return concatBytes(
    ...parts.map(({ commitments, challenge, response }) => concatBytes(...commitments, challenge, response)),
  );
}

export function changed<T>(items: readonly T[], at: number, change: (item: T) => T): readonly T[] {
  return items.map((item, i) => (i === at ? change(item) : item));
}

/** The bytes with one bit flipped. */
export function changedByte(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}
