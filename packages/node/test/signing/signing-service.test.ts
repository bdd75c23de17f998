import type { PartyIndex } from '@keymesh/foundation';
import { nobleBls } from '@keymesh/threshold/bls';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EpochInService } from '../../src/epochs/epoch-coordinator.ts';
import type { Messenger } from '../../src/mesh/messenger.ts';
import type { ServingEpoch } from '../../src/requests/serving-epoch.ts';
import { MEETING_TIMEOUT_MS } from '../../src/signing/limits.ts';
import { type MakerPort, type RunningMaker, SigningService } from '../../src/signing/signing-service.ts';
import type { MakerEpoch, MakerEvent, PreparationOrder } from '../../src/stock/maker-events.ts';
import type { Preparation } from '../../src/stock/preparation.ts';
import { settle } from '../epochs/manual-clock.ts';
import { seededRandom, VirtualClock } from '../mesh/virtual-clock.ts';
import { dealEpoch } from '../requests/dealt-epoch.ts';
import { codeOf } from '../requests/expectations.ts';
import { requestOf } from './session-bus.ts';

const dealt = dealEpoch(4, 3);
const scheme = 'SchnorrEd25519Sha512';
const SIGNERS = [1, 2, 3];
const bootOf = (party: PartyIndex, life = 1): Uint8Array => new Uint8Array(16).fill(16 * life + party);

/** Stands where the thread is: remembers what it is told, and says what a test wants. */
class ScriptedMaker implements RunningMaker {
  readonly port: MakerPort;
  readonly epochs: MakerEpoch[] = [];
  readonly orders: PreparationOrder[] = [];
  ended = 0;
  stopped = 0;
  constructor(port: MakerPort) {
    this.port = port;
  }
  begin(epoch: MakerEpoch): void {
    this.epochs.push(epoch);
  }
  end(): void {
    this.ended += 1;
  }
  peerBooted(): void {}
  receive(): void {}
  make(order: PreparationOrder): void {
    this.orders.push(order);
  }
  async stop(): Promise<void> {
    this.stopped += 1;
  }
}

class ScriptedMessenger implements Messenger {
  readonly self: PartyIndex;
  readonly peers = [2, 3, 4];
  boot: Parameters<Messenger['onPeerBoot']>[0] = () => {};
  constructor(self = 1) {
    this.self = self;
  }
  send(): void {}
  onMessage(): void {}
  onPeerBoot(handler: Parameters<Messenger['onPeerBoot']>[0]): void {
    this.boot = handler;
  }
}

let makers: ScriptedMaker[];
let clock: VirtualClock;
let service: SigningService;
let burnt: [number, PartyIndex][];
let observed: MakerEvent[];

beforeEach(() => {
  clock = new VirtualClock();
  makers = [];
  burnt = [];
  observed = [];
  service = new SigningService(
    { watermarks: { low: 0, high: 0 } },
    {
      ...{ clock, random: seededRandom(1), bls: nobleBls },
      createMaker: (port) => {
        const maker = new ScriptedMaker(port);
        makers.push(maker);
        return maker;
      },
      burntPairs: { ofEpoch: () => [4], record: (epochId, peer) => burnt.push([epochId[0] as number, peer]) },
      observe: (event) => observed.push(event),
    },
  );
});

const epochId = (epoch: number): Uint8Array => new Uint8Array(32).fill(epoch);
function begin(epoch = 1, party = 1): ServingEpoch {
  const serving = dealt.servingOf(party);
  const inService = { ...dealt.sharesOf(party, epoch), executionId: epochId(epoch) } as unknown as EpochInService;
  service.begin(inService, serving);
  return serving;
}
function join(messenger = new ScriptedMessenger(), serves?: (epoch: EpochInService) => boolean): ScriptedMaker {
  service.join(messenger, bootOf(1), serves);
  for (const peer of [2, 3, 4]) messenger.boot(peer, bootOf(peer), undefined);
  return makers.at(-1) as ScriptedMaker;
}

/** A made preparation that knows whether it was destroyed. */
function made(options: { epoch?: number; owner?: PartyIndex; order?: number; boots?: Uint8Array[] } = {}) {
  const { epoch = 1, owner = 2, order, boots = SIGNERS.map((party) => bootOf(party)) } = options;
  const state = { destroyed: 0 };
  const nonces = {
    discard: () => {
      state.destroyed += 1;
    },
  };
  const preparation = { kind: 'frost', id: '00', scheme, signers: SIGNERS, owner, nonces } as unknown as Preparation;
  const life = { epochId: epochId(epoch), signers: SIGNERS, boots };
  const event: MakerEvent = {
    kind: 'made',
    ...(order === undefined ? {} : { order }),
    life,
    preparations: [preparation],
  };
  return { event, state };
}

const stocked = (): number => service.stocked.get(scheme) ?? 0;

describe('the other members', () => {
  it('are met when all have said which boot they are', () => {
    const messenger = new ScriptedMessenger();
    expect(service.hasMetMembers).toBe(false);
    service.join(messenger, bootOf(1));
    messenger.boot(2, bootOf(2), undefined);
    messenger.boot(3, bootOf(3), undefined);
    expect(service.hasMetMembers).toBe(false);
    messenger.boot(4, bootOf(4), undefined);
    expect(service.hasMetMembers).toBe(true);
  });

  it('are not waited for longer than MEETING_TIMEOUT_MS', () => {
    service.join(new ScriptedMessenger(), bootOf(1));
    clock.advance(MEETING_TIMEOUT_MS - 1);
    expect(service.hasMetMembers).toBe(false);
    clock.advance(1);
    expect(service.hasMetMembers).toBe(true);
  });
});

describe('an epoch and a mesh', () => {
  it('begin together, whichever comes first', async () => {
    begin();
    const maker = join();
    expect(maker.epochs).toMatchObject([{ epochId: epochId(1), self: 1, burntPairs: [4] }]);
    begin(2);
    expect(maker.epochs).toHaveLength(2);
    expect(maker.ended).toBe(1);
    await service.leave();
    expect([maker.ended, maker.stopped]).toEqual([2, 1]);
    const next = join();
    expect(next.epochs).toMatchObject([{ epochId: epochId(2) }]);
  });

  it('of other members do not begin, and a request is told so', async () => {
    const serving = begin();
    const request = requestOf(scheme);
    expect(await codeOf(() => service.sign(serving, request))).toBe('node/not-ready');
    for (const maker of [join(new ScriptedMessenger(2)), join(new ScriptedMessenger(), () => false)]) {
      expect(maker.epochs).toEqual([]);
      expect(await codeOf(() => service.sign(serving, request))).toBe('node/not-ready');
    }
    const maker = join(new ScriptedMessenger(), ({ epoch }) => epoch === 1);
    expect(maker.epochs).toHaveLength(1);
    // BLS needs nobody.
    expect((await service.sign(serving, { ...request, scheme: 'Bls12381', signers: [] })).share).toMatch(/^[0-9a-f]+$/);
  });

  it('end with typed errors, and with nothing in stock', async () => {
    const serving = begin();
    const maker = join();
    const { event, state } = made();
    maker.port.emit(event);
    expect(stocked()).toBe(1);
    const waiting = codeOf(() => service.sign(serving, requestOf(scheme, { leader: 1 })));
    await settle();
    expect(maker.orders).toHaveLength(1);
    service.end();
    expect(await waiting).toBe('wire/stale-epoch');
    expect([stocked(), state.destroyed]).toEqual([0, 1]);
    expect(await codeOf(() => service.sign(serving, requestOf(scheme)))).toBe('wire/stale-epoch');
  });
});

describe('what the maker says', () => {
  it('is stocked if it is of this epoch and these boots', () => {
    begin();
    const maker = join();
    maker.port.emit(made().event);
    expect(stocked()).toBe(1);
  });

  it('is destroyed if its epoch has ended meanwhile', () => {
    const maker = join();
    const early = made();
    maker.port.emit(early.event);
    begin(1);
    begin(2);
    const late = made({ epoch: 1 });
    maker.port.emit(late.event);
    expect([early.state.destroyed, late.state.destroyed, stocked()]).toEqual([1, 1, 0]);
  });

  it('is destroyed if a signer restarted meanwhile, and the request that waits for it fails', async () => {
    const serving = begin();
    const messenger = new ScriptedMessenger();
    const maker = join(messenger);
    const waiting = codeOf(() => service.sign(serving, requestOf(scheme, { leader: 1 })));
    await settle();
    const kept = made();
    maker.port.emit(kept.event);
    messenger.boot(3, bootOf(3, 2), bootOf(3));
    // What was in stock with it, and what was on its way here.
    expect([kept.state.destroyed, stocked()]).toEqual([1, 0]);
    const late = made({ owner: 1, order: maker.orders[0]?.order ?? 0 });
    maker.port.emit(late.event);
    expect(await waiting).toBe('stock/preparation-failed');
    expect([late.state.destroyed, stocked()]).toEqual([1, 0]);
    const boots = [bootOf(1), bootOf(2), bootOf(3, 2)];
    maker.port.emit(made({ boots }).event);
    expect(stocked()).toBe(1);
  });

  it('about an order of an earlier epoch answers no order of this one', async () => {
    begin(1);
    const maker = join();
    const first = service.sign(begin(1), requestOf(scheme, { leader: 1 }));
    first.catch(() => {});
    const serving = begin(2);
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    service.sign(serving, requestOf(scheme, { leader: 1 })).then(over, over);
    await settle();
    const [old, present] = maker.orders;
    expect(old?.order).not.toBe(present?.order);
    const error = { code: 'x' } as never;
    maker.port.emit({ kind: 'failed', order: old?.order ?? 0, scheme, signers: SIGNERS, error });
    await settle();
    expect(isOver).toBe(false);
  });

  it('of a mesh that this node has left counts for nothing but burnt pairs, which are recorded for their epoch', async () => {
    begin(1);
    const old = join();
    await service.leave();
    join();
    const { event, state } = made();
    old.port.emit(event);
    expect([state.destroyed, stocked()]).toEqual([1, 0]);
    begin(2);
    old.port.emit({ kind: 'pair-burnt', epochId: epochId(1), peer: 3 });
    expect(burnt).toEqual([[1, 3]]);
    expect(observed.map(({ kind }) => kind)).toEqual(['made', 'pair-burnt']);
  });
});
