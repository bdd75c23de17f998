import { concatBytes, equalBytes, type PartyIndex, type RandomSource, Transcript, utf8 } from '@keymesh/foundation';
import type { Curve } from '../curves/index.ts';
import { assertDistinctParties } from '../sharing/index.ts';
import { invalidParameters, pairCheckFailed, refusedMessage } from './errors.ts';
import { Inbox } from './inbox.ts';
import {
  type BaseReceiver,
  type BaseSender,
  type BaseTransferSession,
  finishBaseReceiver,
  finishBaseSender,
  receiverMessageBytes,
  senderMessageBytes,
  startBaseReceiver,
  startBaseSender,
} from './ot/base-ot.ts';
import { PairTransfers } from './pair-transfers.ts';
import { BASE_TRANSFER_CURVE, DIGEST_BYTES, VERSION } from './parameters.ts';
import { type AbandonableProtocol, type Outgoing, RoundRun } from './run.ts';

export interface SetupParameters {
  /** secp256k1, whatever curve is presigned for later: the transfers serve all of them. */
  readonly curve: Curve;
  /** 32 bytes that name the epoch, e.g. its execution id. Transfers of another epoch do not work with these. */
  readonly epochId: Uint8Array;
  readonly self: PartyIndex;
  /** All members that take part, this one too; ascending. */
  readonly participants: readonly PartyIndex[];
  readonly random: RandomSource;
}

/** The transfers with every other participant. */
export type SetupOutput = ReadonlyMap<PartyIndex, PairTransfers>;

const ROUND = { transfers: 1, confirm: 2 } as const;

/**
 * Starts one party's part in the set-up of threshold ECDSA: base transfers in both directions with every other
 * participant, all in one run of two rounds (docs/spec/threshold-ecdsa.md §5). Part of making an epoch.
 *
 * @throws ThresholdError `ecdsa/invalid-parameters`, `sharing/invalid-party`.
 */
export function createSetup(parameters: SetupParameters): AbandonableProtocol<SetupOutput> {
  const { curve, epochId, participants, self } = parameters;
  if (curve.name !== BASE_TRANSFER_CURVE) throw invalidParameters(`base transfers are over ${BASE_TRANSFER_CURVE}`);
  assertDistinctParties(participants);
  if (epochId.length !== DIGEST_BYTES) throw invalidParameters('the epoch id does not have 32 bytes');
  if (!participants.includes(self)) throw invalidParameters('this party is not a participant');
  return new SetupRun({ ...parameters, epochId: epochId.slice(), participants: [...participants] });
}

/** Between the rounds. */
interface Started {
  readonly sender: BaseSender;
  readonly receiver: BaseReceiver;
}

class SetupRun extends RoundRun<SetupOutput> {
  protected readonly inbox: Inbox;
  protected readonly lastRound = ROUND.confirm;
  readonly #parameters: SetupParameters;
  readonly #peers: readonly PartyIndex[];
  readonly #started = new Map<PartyIndex, Started>();
  readonly #confirmations = new Map<PartyIndex, Uint8Array>();
  #transfers: Map<PartyIndex, PairTransfers> | undefined = new Map();

  constructor(parameters: SetupParameters) {
    super();
    const { curve, participants, self } = parameters;
    this.#parameters = parameters;
    this.#peers = participants.filter((party) => party !== self);
    this.inbox = new Inbox(self, this.#peers, [
      1 + senderMessageBytes(curve) + receiverMessageBytes(curve),
      1 + DIGEST_BYTES,
    ]);
  }

  protected get self(): PartyIndex {
    return this.#parameters.self;
  }

  protected speak(round: number): Outgoing[] {
    return this.#peers.map((peer) => ({
      kind: 'send',
      to: peer,
      reliable: false,
      round,
      body: round === ROUND.transfers ? this.#offer(peer) : this.#accept(peer),
    }));
  }

  protected finish(): SetupOutput {
    for (const peer of this.#peers) {
      const body = this.inbox.get(ROUND.confirm, peer);
      if (body[0] !== VERSION || !equalBytes(body.slice(1), this.#confirmations.get(peer) as Uint8Array)) {
        throw pairCheckFailed('setup', this.self, peer);
      }
    }
    const transfers = this.#transfers as Map<PartyIndex, PairTransfers>;
    this.#transfers = undefined;
    return transfers;
  }

  protected forget(): void {
    for (const { receiver } of this.#started.values()) receiver.choices.fill(0);
    this.#started.clear();
    for (const transfers of this.#transfers?.values() ?? []) transfers.burn();
  }

  /** Round 1: both messages of the base transfers with one peer. */
  #offer(peer: PartyIndex): Uint8Array {
    const { random } = this.#parameters;
    const sender = startBaseSender(this.#session(this.self, peer), random);
    const receiver = startBaseReceiver(this.#session(peer, this.self), random);
    this.#started.set(peer, { sender, receiver });
    return concatBytes(Uint8Array.of(VERSION), sender.message, receiver.message);
  }

  /** Round 2: a digest of what both sent, so that no pair begins the epoch with transfers that do not fit. */
  #accept(peer: PartyIndex): Uint8Array {
    const { curve, epochId } = this.#parameters;
    const { sender, receiver } = this.#started.get(peer) as Started;
    const body = this.inbox.get(ROUND.transfers, peer);
    const offered = body.slice(1, 1 + senderMessageBytes(curve));
    const points = body.slice(1 + senderMessageBytes(curve));
    try {
      if (body[0] !== VERSION)
        throw refusedMessage('ecdsa/malformed-message', 'another version', { from: peer, round: 1 });
      const keys = finishBaseSender(this.#session(this.self, peer), sender, points);
      const held = finishBaseReceiver(this.#session(peer, this.self), receiver, offered);
      const secret = concatBytes(receiver.choices, held, keys.zero, keys.one);
      for (const part of [held, keys.zero, keys.one]) part.fill(0);
      this.#transfers?.set(peer, new PairTransfers(epochId, this.self, peer, secret));
    } catch (cause) {
      throw refusedMessage('ecdsa/malformed-message', 'a malformed message', { from: peer, round: 1, cause });
    }
    const own = concatBytes(sender.message, receiver.message);
    const theirs = body.slice(1);
    const digest = (first: PartyIndex, mine: Uint8Array, second: PartyIndex, other: Uint8Array): Uint8Array =>
      new Transcript('ecdsa/v1/setup-confirmation')
        .append('curve', utf8(curve.name))
        .append('epoch', epochId)
        .appendU32('confirming', first)
        .append('own', mine)
        .appendU32('peer', second)
        .append('received', other)
        .digest();
    this.#confirmations.set(peer, digest(peer, theirs, this.self, own));
    return concatBytes(Uint8Array.of(VERSION), digest(this.self, own, peer, theirs));
  }

  #session(sender: PartyIndex, receiver: PartyIndex): BaseTransferSession {
    const { curve, epochId } = this.#parameters;
    return { curve, epochId, sender, receiver };
  }
}
