import { equalBytes, fromHex, type PartyIndex, Transcript, toHex, toKeymeshError } from '@keymesh/foundation';
import type { BlsBackend } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
import type { MultiplicationKernel, SymmetricPrimitives } from '@keymesh/threshold/ecdsa';
import { type NodeAnswer, type NodeRequest, sessionOf } from '../client/requests.ts';
import type { SeededRandom } from '../engine/seeded-random.ts';
import type { History, StockEvent } from '../history.ts';
import {
  type BurntPairs,
  decodeSigningMessage,
  type EpochInService,
  type MakerEvent,
  type Messenger,
  type PartialSignature,
  type ServingEpoch,
  SIGNING_CHANNEL,
  SigningService,
  type Stock,
  StockMaker,
  type Watermarks,
} from '../node-parts.ts';
import type { KnownSecrets } from './known-secrets.ts';
import type { ProcessLife } from './process-life.ts';
import { QueuedMaker } from './queued-maker.ts';

export interface SigningSideModules {
  readonly party: PartyIndex;
  readonly life: ProcessLife;
  readonly random: SeededRandom;
  readonly curves: Curves;
  readonly bls: BlsBackend;
  readonly primitives: SymmetricPrimitives;
  readonly kernel: MultiplicationKernel;
  readonly burntPairs: BurntPairs;
  readonly stock: Stock;
  readonly watermarks: Watermarks;
  readonly history: History;
  /** Undefined for a liar, whose secrets are its own affair. */
  readonly secrets: KnownSecrets | undefined;
}

/** What signs in one process, wired as the composition root wires it, and what can be seen of it. */
export class SigningSide {
  readonly #modules: SigningSideModules;
  readonly #service: SigningService;
  /** Of this process and its peers, as it knows them now. */
  readonly #boots = new Map<PartyIndex, Uint8Array>();
  /** The boots that preparations were made with, by id. */
  readonly #madeWith = new Map<string, readonly Uint8Array[]>();
  #serving: ServingEpoch | undefined;

  constructor(modules: SigningSideModules) {
    const { life, random, curves, bls, primitives, kernel, burntPairs, stock, watermarks, secrets, party } = modules;
    const { clock } = life;
    const bytes = random.fork('maker').source;
    this.#modules = modules;
    this.#service = new SigningService(
      { watermarks },
      {
        ...{ clock, bls, burntPairs, stock, random: random.fork('signing').source },
        observe: (event) => this.#observe(event),
        createMaker: (port) =>
          new QueuedMaker(port, {
            ...{ clock, curves, delays: random.fork('thread') },
            onMoved: (moved) => secrets?.prepared(party, moved),
            create: (inner) =>
              new StockMaker({
                ...{ ...inner, curves, primitives, kernel, clock },
                random: (length) => {
                  const drawn = bytes(length);
                  secrets?.drawn(party, drawn);
                  return drawn;
                },
              }),
          }),
      },
    );
  }

  /** Call it before the messenger starts. */
  join(messenger: Messenger, boot: Uint8Array): void {
    this.#boots.set(messenger.self, boot);
    this.#service.join(
      {
        self: messenger.self,
        peers: messenger.peers,
        send: (to, message) => {
          this.#noteSent(message);
          messenger.send(to, message);
        },
        onMessage: (handler) => messenger.onMessage(handler),
        onPeerBoot: (handler) => messenger.onPeerBoot(handler),
      },
      boot,
    );
    messenger.onPeerBoot((peer, peerBoot) => {
      this.#boots.set(peer, peerBoot);
      this.lookIntoStock();
    });
  }

  begin(epoch: EpochInService, serving: ServingEpoch): void {
    this.#serving = serving;
    this.#service.begin(epoch, serving);
  }

  /** What an honest node answers to a request that it has found to be authorised. */
  async answer(request: NodeRequest): Promise<NodeAnswer> {
    const serving = this.#serving;
    if (serving === undefined) return { kind: 'error', code: 'node/not-ready', accused: [] };
    const session = sessionOf(request);
    try {
      const partial = await this.#service.sign(serving, {
        ...{ session, tokenId: 0n, scheme: request.scheme, signers: request.signers },
        keyId: fromHex(request.keyId),
        message: fromHex(request.message),
      });
      this.#noteShare(session, partial);
      return { kind: 'share', partial };
    } catch (thrown) {
      const { code, culprits, details } = toKeymeshError(thrown);
      const pair = Array.isArray(details.pair) ? { pair: details.pair as PartyIndex[] } : {};
      const missing = Array.isArray(details.missing) ? (details.missing as PartyIndex[]) : [];
      if (this.#modules.life.isAlive) {
        this.#modules.history.record({ kind: 'sign-failed', party: this.#modules.party, code, culprits });
      }
      return { kind: 'error', code, accused: [...culprits, ...missing], ...pair };
    }
  }

  /** Whether anything is kept that was made with a boot that this process knows to be gone. */
  lookIntoStock(): void {
    const { stock, history, party, life } = this.#modules;
    if (!life.isAlive) return;
    const kept = [...stock.all()];
    const stale = kept.filter(({ id, signers }) =>
      signers.some((signer, i) => {
        const known = this.#boots.get(signer);
        const made = this.#madeWith.get(id)?.[i];
        return known === undefined || made === undefined || !equalBytes(known, made);
      }),
    );
    history.record({ kind: 'stock-seen', party, kept: kept.length, stale: stale.map(({ id }) => id) });
  }

  #noteSent(message: Uint8Array): void {
    const { history, party, secrets, life } = this.#modules;
    if (message[0] !== SIGNING_CHANNEL || !life.isAlive) return;
    const sent = decodeSigningMessage(message);
    if (sent?.kind !== 'assign' && sent?.kind !== 'open') return;
    const preparation = toHex(sent.preparation);
    secrets?.opened(party, preparation);
    history.record({ kind: 'preparation-named', party, session: toHex(sent.session), preparation });
  }

  #noteShare(session: Uint8Array, { share, frost, ecdsa }: PartialSignature): void {
    const { history, party, life } = this.#modules;
    if (!life.isAlive) return;
    const nonce = frost?.commitments.find((commitment) => commitment.party === party)?.hiding ?? '';
    const preparation = frost?.id ?? presignatureIdOf(ecdsa?.record ?? '');
    history.record({ kind: 'share-made', party, session: toHex(session), preparation, nonce, share });
  }

  #observe(event: MakerEvent): void {
    const { history, party } = this.#modules;
    if (event.kind === 'made') for (const { id } of event.preparations) this.#madeWith.set(id, event.life.boots);
    const what = factsOf(event);
    if (what !== undefined) history.record({ kind: 'stock', party, what });
  }
}

/** As docs/spec/signing.md §1 says: the hash of the record. */
function presignatureIdOf(record: string): string {
  return toHex(new Transcript('ecdsa/v1/presignature').append('record', fromHex(record)).digest());
}

function factsOf(event: MakerEvent): StockEvent | undefined {
  switch (event.kind) {
    case 'made': {
      const [first] = event.preparations;
      if (first === undefined) return undefined;
      const { scheme, signers, owner } = first;
      return { kind: 'made', scheme, signers, owner, count: event.preparations.length };
    }
    case 'failed': {
      const { scheme, signers, error } = event;
      return { kind: 'failed', scheme, signers, code: error.code, culprits: error.culprits };
    }
    case 'pair-burnt':
      return { kind: 'pair-burnt', peer: event.peer, code: event.error?.code ?? 'told' };
    default:
      return event;
  }
}
