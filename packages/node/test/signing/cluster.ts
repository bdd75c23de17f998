import * as crypto from 'node:crypto';
import { type PartyIndex, type RandomSource, toHex } from '@keymesh/foundation';
import type { SchemeName } from '@keymesh/protocol/schemes';
import { nobleBls } from '@keymesh/threshold/bls';
import { createOpenSslPrimitives, createWasmKernel } from '@keymesh/threshold/ecdsa-native';
import { loadNativeCurves } from '@keymesh/threshold/native';
import type { EpochInService } from '../../src/epochs/epoch-coordinator.ts';
import { Courier } from '../../src/mesh/courier/courier.ts';
import { MemoryNetwork } from '../../src/mesh/memory.ts';
import { createServingEpoch, type ServingEpoch } from '../../src/requests/serving-epoch.ts';
import type { BurntPairs } from '../../src/signing/burnt-pairs.ts';
import type { PartialSignature } from '../../src/signing/request.ts';
import { SigningService } from '../../src/signing/signing-service.ts';
import { StockMaker } from '../../src/stock/maker.ts';
import type { MakerEvent } from '../../src/stock/maker-events.ts';
import type { Watermarks } from '../../src/stock/supply.ts';
import { settle } from '../epochs/manual-clock.ts';
import { seededRandom, VirtualClock } from '../mesh/virtual-clock.ts';
import type { DealtEpoch } from '../requests/dealt-epoch.ts';
import { dealtOnce } from '../stock/maker-bus.ts';

export const curves = await loadNativeCurves();
export const primitives = createOpenSslPrimitives(crypto);
export const kernel = createWasmKernel();
const EXECUTION_ID = new Uint8Array(32).fill(0xe1);

/** A member's process: everything of a node between the mesh and a request's authorisation. */
export interface Member {
  readonly party: PartyIndex;
  readonly service: SigningService;
  readonly courier: Courier;
  readonly serving: ServingEpoch;
  /** What its maker said. */
  readonly events: MakerEvent[];
}

export interface ClusterOptions {
  readonly parties?: number;
  readonly threshold?: number;
  readonly watermarks?: Watermarks;
  readonly seed?: number;
  /** Changes what a member sends, or swallows it: how a test makes one lie. */
  readonly tamper?: (from: PartyIndex, to: PartyIndex, message: Uint8Array) => Uint8Array | undefined;
}

export interface SigningTask {
  readonly scheme: SchemeName;
  readonly message?: Uint8Array;
  readonly signers?: readonly PartyIndex[];
  /** Another number is another request for the same signature. */
  readonly number?: number;
  /** Who gets the request from the client; default: all signers. */
  readonly asked?: readonly PartyIndex[];
}

export const KEY_ID = new Uint8Array(32).fill(0x4b);

/** Members of one committee over a perfect memory network and a clock that the test moves. Keys are dealt. */
export class Cluster {
  readonly clock = new VirtualClock();
  readonly network: MemoryNetwork;
  readonly dealt: DealtEpoch;
  readonly members = new Map<PartyIndex, Member>();
  readonly burnt = new Map<PartyIndex, Set<PartyIndex>>();
  tamper: ClusterOptions['tamper'];
  readonly #watermarks: Watermarks;
  readonly #random: RandomSource;

  constructor({ parties = 4, threshold = 3, watermarks = { low: 0, high: 0 }, seed = 5, tamper }: ClusterOptions = {}) {
    this.#random = seededRandom(seed);
    this.#watermarks = watermarks;
    this.tamper = tamper;
    this.dealt = dealtOnce(parties, threshold);
    this.network = new MemoryNetwork({
      parties: Array.from({ length: parties }, (_, i) => i + 1),
      clock: this.clock,
    });
    for (let party = 1; party <= parties; party++) this.start(party);
  }

  member(party: PartyIndex): Member {
    return this.members.get(party) as Member;
  }

  /** A new process of a party; a running one is killed. */
  start(party: PartyIndex): Member {
    const random: RandomSource = (length) => this.#random(length);
    const transport = this.network.open(party);
    const courier = new Courier({ transport, clock: this.clock, random });
    const events: MakerEvent[] = [];
    const service = new SigningService(
      { watermarks: this.#watermarks },
      {
        ...{ clock: this.clock, random, bls: nobleBls },
        burntPairs: this.#burntPairs(party),
        observe: (event) => events.push(event),
        createMaker: (port) => {
          const maker = new StockMaker({ curves, primitives, kernel, clock: this.clock, random, ...port });
          return Object.assign(maker, { stop: async () => maker.end() });
        },
      },
    );
    const messenger = {
      self: party,
      peers: courier.peers,
      send: (to: PartyIndex, message: Uint8Array) => {
        const sent = this.tamper === undefined ? message : this.tamper(party, to, message);
        if (sent !== undefined) courier.send(to, sent);
      },
      onMessage: courier.onMessage.bind(courier),
      onPeerBoot: courier.onPeerBoot.bind(courier),
    };
    service.join(messenger, courier.bootId);
    const shares = this.dealt.sharesOf(party);
    const serving = createServingEpoch(shares, curves);
    const member = { party, service, courier, serving, events };
    this.members.set(party, member);
    transport.start();
    courier.start();
    const epoch = { ...shares, executionId: EXECUTION_ID } as unknown as EpochInService;
    service.begin(epoch, serving);
    return member;
  }

  kill(party: PartyIndex): void {
    this.network.crash(party);
    this.members.delete(party);
  }

  /** Moves the clock and lets promises settle. */
  async run(ms: number, stepMs = 5): Promise<void> {
    for (let spent = 0; spent < ms; spent += stepMs) {
      this.clock.advance(stepMs);
      await settle();
    }
  }

  /** Asks the signers as a client does. @returns what fills as they answer or fail. */
  ask(task: SigningTask): Map<PartyIndex, PartialSignature | Error> {
    const answers = new Map<PartyIndex, PartialSignature | Error>();
    for (const party of askedOf(task)) {
      const member = this.members.get(party);
      if (member === undefined) continue;
      member.service.sign(member.serving, this.request(task)).then(
        (partial) => answers.set(party, partial),
        (error: Error) => answers.set(party, error),
      );
    }
    return answers;
  }

  /** Asks the signers; resolves when each has answered or failed. */
  async sign(task: SigningTask): Promise<Map<PartyIndex, PartialSignature | Error>> {
    const answers = this.ask(task);
    const wanted = askedOf(task).filter((party) => this.members.has(party)).length;
    for (let spent = 0; answers.size < wanted && spent < 60_000; spent += 20) await this.run(20);
    return answers;
  }

  request({ scheme, message = new Uint8Array(32).fill(0x6d), signers = [1, 2, 3], number = 1 }: SigningTask) {
    const session = new Uint8Array(crypto.createHash('sha256').update(`${scheme}/${number}/${signers}`).digest());
    return { session, tokenId: 1n, keyId: KEY_ID, scheme, message, signers };
  }

  #burntPairs(party: PartyIndex): BurntPairs {
    const own = this.burnt.get(party) ?? new Set<PartyIndex>();
    this.burnt.set(party, own);
    return {
      ofEpoch: () => [...own],
      record: (epochId, peer) => {
        if (toHex(epochId) === toHex(EXECUTION_ID)) own.add(peer);
      },
    };
  }
}

function askedOf({ asked, signers = [1, 2, 3] }: SigningTask): readonly PartyIndex[] {
  return asked ?? signers;
}
