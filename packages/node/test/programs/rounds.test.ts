import type { PartyIndex } from '@keymesh/foundation';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Messenger } from '../../src/mesh/messenger.ts';
import { EARLY_RUNS_PER_PEER_MAX, ROUND_TIMEOUT_MS, VALUES_PER_RUN_MAX } from '../../src/programs/limits.ts';
import { ProgramRounds } from '../../src/programs/program-rounds.ts';
import { decodeRoundMessage, encodeRoundMessage } from '../../src/programs/round-messages.ts';
import type { RunRounds } from '../../src/programs/run-rounds.ts';
import { settle } from '../epochs/manual-clock.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';
import { errorOf } from '../requests/expectations.ts';

const PARTIES = [1, 2, 4];
const RUN = new Uint8Array(32).fill(7);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Nodes that hear each other at once, unless a test holds messages back. */
class Bus {
  readonly clock = new VirtualClock();
  readonly nodes = new Map<PartyIndex, ProgramRounds>();
  readonly #handlers = new Map<PartyIndex, (from: PartyIndex, bytes: Uint8Array) => void>();
  lost = (_from: PartyIndex, _to: PartyIndex): boolean => false;

  constructor() {
    for (const self of PARTIES) {
      const node = new ProgramRounds(this.clock);
      this.nodes.set(self, node);
      node.join({
        self,
        peers: PARTIES.filter((party) => party !== self),
        send: (to, bytes) => this.say(self, to, bytes),
        onMessage: (handler) => this.#handlers.set(self, handler),
        onPeerBoot: () => {},
      } satisfies Messenger);
    }
  }

  say(from: PartyIndex, to: PartyIndex, bytes: Uint8Array): void {
    if (!this.lost(from, to)) this.#handlers.get(to)?.(from, bytes);
  }

  open(party: PartyIndex, run = RUN): RunRounds {
    return this.nodes.get(party)?.open(run, party, PARTIES) as RunRounds;
  }

  close(party: PartyIndex): void {
    this.nodes.get(party)?.close(RUN);
  }
}

let bus: Bus;
beforeEach(() => {
  bus = new Bus();
});
const shown = (values: ReadonlyMap<PartyIndex, Uint8Array>) =>
  Object.fromEntries([...values].map(([party, value]) => [party, new TextDecoder().decode(value)]));

describe('rounds of a run', () => {
  it('give every node the same values, also to one that begins later', async () => {
    const [one, two] = [bus.open(1), bus.open(2)];
    one.publish('a', text('1'));
    two.publish('a', text('2'));
    const early = one.collect('a', PARTIES);
    const four = bus.open(4);
    four.publish('a', text('4'));
    const all = { 1: '1', 2: '2', 4: '4' };
    for (const values of [early, two.collect('a', PARTIES), four.collect('a', PARTIES)]) {
      expect(shown(await values)).toEqual(all);
    }
    expect(new Set([one, two, four].map((run) => run.leaderOf('x'))).size).toBe(1);
    expect(new Set(Array.from({ length: 40 }, (_, i) => one.leaderOf(`${i}`)))).toEqual(new Set(PARTIES));
  });

  it('keep the first value of a party, and none of who is not of the run', async () => {
    const one = bus.open(1);
    for (const value of ['first', 'second']) {
      bus.say(2, 1, encodeRoundMessage({ kind: 'value', run: RUN, round: 'a', value: text(value) }));
    }
    bus.say(3, 1, encodeRoundMessage({ kind: 'value', run: RUN, round: 'a', value: text('stranger') }));
    expect(shown(await one.collect('a', [2]))).toEqual({ 2: 'first' });
  });

  it('name who is silent, after the time of a round', async () => {
    const one = bus.open(1);
    one.publish('a', text('1'));
    const waiting = errorOf(() => one.collect('a', PARTIES));
    bus.clock.advance(ROUND_TIMEOUT_MS - 1);
    await settle();
    bus.clock.advance(1);
    expect(await waiting).toMatchObject({ code: 'actions/peer-silent', culprits: [2, 4] });
  });

  it('name at once who ended without the round', async () => {
    const [one] = [bus.open(1), bus.open(2)];
    const waiting = errorOf(() => one.collect('a', [2]));
    bus.close(2);
    expect(await waiting).toMatchObject({ code: 'actions/diverged', details: { nodes: [2] } });
    expect(await errorOf(() => one.collect('b', [2]))).toMatchObject({ code: 'actions/diverged' });
  });

  it('count a value that came before the end', async () => {
    const [one, two] = [bus.open(1), bus.open(2)];
    two.publish('a', text('2'));
    bus.close(2);
    expect(shown(await one.collect('a', [2]))).toEqual({ 2: '2' });
  });

  it('wait for a value that the end of its sender overtook', async () => {
    const one = bus.open(1);
    const waiting = one.collect('a', [2]);
    bus.say(2, 1, encodeRoundMessage({ kind: 'ended', run: RUN, values: 2 }));
    bus.say(2, 1, encodeRoundMessage({ kind: 'value', run: RUN, round: 'b', value: text('b') }));
    bus.say(2, 1, encodeRoundMessage({ kind: 'value', run: RUN, round: 'a', value: text('a') }));
    expect(shown(await waiting)).toEqual({ 2: 'a' });
    expect(await errorOf(() => one.collect('c', [2]))).toMatchObject({ code: 'actions/diverged' });
  });

  it('may be of some nodes only', async () => {
    const [one, two, four] = [bus.open(1), bus.open(2), bus.open(4)];
    two.tell('a', text('for 1'), [1]);
    expect(shown(await one.collect('a', [2]))).toEqual({ 2: 'for 1' });
    const other = errorOf(() => four.collect('a', [2]));
    bus.close(2);
    expect(await other).toMatchObject({ code: 'actions/diverged' });
  });

  it('end with the run, and are not taken twice', async () => {
    const one = bus.open(1);
    expect(bus.nodes.get(1)?.open(RUN, 1, PARTIES)).toBeUndefined();
    const waiting = errorOf(() => one.collect('a', PARTIES));
    bus.close(1);
    expect(await waiting).toMatchObject({ code: 'actions/peer-silent' });
    expect(bus.clock.pending).toBe(0);
    expect(await errorOf(() => one.collect('a', PARTIES))).toMatchObject({ code: 'actions/peer-silent' });
  });

  it('are bounded for each peer, before and after the run begins', async () => {
    const value = (run: Uint8Array, round: string) =>
      encodeRoundMessage({ kind: 'value', run, round, value: text('v') });
    for (let i = 0; i < EARLY_RUNS_PER_PEER_MAX; i++) bus.say(2, 1, value(new Uint8Array(32).fill(i + 100), 'a'));
    bus.say(4, 1, value(RUN, 'a'));
    const run = bus.open(1);
    expect(shown(await run.collect('a', [4]))).toEqual({ 4: 'v' });
    // The oldest of party 2 gave way to its newest, and to nobody else's.
    bus.say(2, 1, value(new Uint8Array(32).fill(1), 'a'));
    const oldest = bus.open(1, new Uint8Array(32).fill(100));
    const waiting = errorOf(() => oldest.collect('a', [2]));
    for (let i = 0; i <= VALUES_PER_RUN_MAX; i++) bus.say(4, 1, value(RUN, `more ${i}`));
    const last = errorOf(() => run.collect(`more ${VALUES_PER_RUN_MAX}`, [4]));
    expect(shown(await run.collect(`more ${VALUES_PER_RUN_MAX - 2}`, [4]))).toEqual({ 4: 'v' });
    bus.clock.advance(ROUND_TIMEOUT_MS);
    expect(await waiting).toMatchObject({ culprits: [2] });
    expect(await last).toMatchObject({ culprits: [4] });
  });
});

describe('a step', () => {
  it('that all take alike disturbs nobody', async () => {
    const runs = PARTIES.map((party) => bus.open(party));
    const steps = runs.map((run) => run.step('sign a', text('same')));
    await settle();
    const first = await Promise.race([...steps.map(({ differs }) => differs), Promise.resolve('fine')]);
    expect(first).toBe('fine');
    for (const { stop } of steps) stop();
    for (const party of PARTIES) bus.close(party);
  });

  it('that one takes otherwise, or not at all, names it', async () => {
    const [one, two] = [bus.open(1), bus.open(2)];
    const mine = one.step('sign a', text('this'));
    two.step('sign a', text('that'));
    expect(await errorOf(() => mine.differs)).toMatchObject({ code: 'actions/diverged', details: { nodes: [2] } });
    const next = one.step('sign b', text('this'));
    bus.close(2);
    expect(await errorOf(() => next.differs)).toMatchObject({ details: { nodes: [2], step: 'step/sign b' } });
  });

  it('that is over is compared no more', async () => {
    const [one, two] = [bus.open(1), bus.open(2)];
    const { differs, stop } = one.step('sign a', text('this'));
    stop();
    two.step('sign a', text('that'));
    await settle();
    expect(await Promise.race([differs, Promise.resolve('fine')])).toBe('fine');
  });
});

it('messages come out as they went in, and nothing else is one', () => {
  const value = { kind: 'value', run: RUN, round: 'größe', value: Uint8Array.of(1, 2) } as const;
  expect(decodeRoundMessage(encodeRoundMessage(value))).toEqual(value);
  const ended = { kind: 'ended', run: RUN, values: 3 } as const;
  expect(decodeRoundMessage(encodeRoundMessage(ended))).toEqual(ended);
  const bytes = encodeRoundMessage(value);
  for (let length = 0; length < bytes.length; length++)
    expect(decodeRoundMessage(bytes.subarray(0, length))).toBeUndefined();
  expect(decodeRoundMessage(Uint8Array.of(...bytes, 0))).toBeUndefined();
  expect(decodeRoundMessage(Uint8Array.of(4, 9, ...RUN))).toBeUndefined();
});
