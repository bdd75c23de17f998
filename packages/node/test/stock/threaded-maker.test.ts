import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type PartyIndex, toHex } from '@keymesh/foundation';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MakerEvent } from '../../src/stock/maker-events.ts';
import type { ToThread } from '../../src/stock/worker/messages.ts';
import { moveIn, moveOut } from '../../src/stock/worker/moved-preparation.ts';
import { ThreadedMaker } from '../../src/stock/worker/threaded-maker.ts';
import { seededRandom } from '../mesh/virtual-clock.ts';
import { dealEpoch } from '../requests/dealt-epoch.ts';
import { curves, makerEpochOf } from './maker-bus.ts';
import { PreparationSource } from './preparations.ts';

const dealt = dealEpoch(2, 2);
const random = seededRandom(4);
let running: ThreadedMaker[] = [];
afterEach(async () => {
  await Promise.all(running.map((maker) => maker.stop()));
  running = [];
  vi.restoreAllMocks();
});

interface Member {
  readonly maker: ThreadedMaker;
  readonly boot: Uint8Array;
  readonly events: MakerEvent[];
  readonly fatal: unknown[];
}

/** Members whose makers are wired together, each in a thread of its own. */
function members(count: number): Map<PartyIndex, Member> {
  const all = new Map<PartyIndex, Member>();
  for (let party = 1; party <= count; party++) {
    const events: MakerEvent[] = [];
    const fatal: unknown[] = [];
    const boot = random(16);
    const maker = new ThreadedMaker({
      ...{ curves, boot },
      send: (to, message) => all.get(to)?.maker.receive(party, message),
      emit: (event) => events.push(event),
      onFatal: (thrown) => fatal.push(thrown),
    });
    running.push(maker);
    all.set(party, { maker, boot, events, fatal });
  }
  for (const [party, { maker }] of all) {
    for (const [peer, { boot }] of all) if (peer !== party) maker.peerBooted(peer, boot);
  }
  return all;
}

const made = ({ events }: Member) => events.flatMap((event) => (event.kind === 'made' ? event.preparations : []));

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 50_000, interval: 20 });
}

/** Niceness of each thread of this process, by its kernel id. Field 19 of proc(5)'s stat. */
function niceness(): number[] {
  return readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

describe('makers in threads', () => {
  it('make preparations together, behind everything else, from shares that are moved to them', async () => {
    const posted: ArrayBuffer[] = [];
    const post = Worker.prototype.postMessage;
    vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message, transfer) {
      const { kind } = message as ToThread;
      if (kind === 'begin') posted.push(...((transfer ?? []) as ArrayBuffer[]));
      post.call(this, message, transfer as never);
    });
    const all = members(2);
    const [one, two] = [all.get(1), all.get(2)] as [Member, Member];
    const own = niceness();
    for (const [party, { maker }] of all) {
      const epoch = makerEpochOf(dealt, party);
      maker.begin(epoch);
      // Neither the caller's copies nor the moved ones are left here.
      expect(epoch.roots.every(({ share }) => share.isWiped)).toBe(true);
    }
    expect(posted.length).toBe(2 * dealt.sharesOf(1).shares.length);
    expect(posted.every(({ byteLength }) => byteLength === 0)).toBe(true);
    one.maker.make({ order: 7, scheme: 'SchnorrEd25519Sha512', signers: [1, 2], count: 3 });
    two.maker.make({ order: 8, scheme: 'EcdsaK256Sha256', signers: [1, 2], count: 2 });
    await until(() => made(one).length === 5 && made(two).length === 5);
    const ids = (member: Member) =>
      made(member)
        .map(({ id }) => id)
        .sort();
    expect(ids(one)).toEqual(ids(two));
    expect(one.events.find((event) => event.kind === 'made' && event.order === 7)).toMatchObject({
      life: { signers: [1, 2], boots: [one.boot, two.boot] },
    });
    if (process.platform === 'linux') {
      expect(niceness().filter((nice) => nice >= 10).length).toBeGreaterThanOrEqual(2);
      expect(own.some((nice) => nice < 10)).toBe(true);
    }
    expect([one.fatal, two.fatal]).toEqual([[], []]);
    // A thread that is stopped is gone, without alarm.
    await Promise.all(running.map((maker) => maker.stop()));
    expect([one.fatal, two.fatal]).toEqual([[], []]);
    const before = one.events.length;
    two.maker.make({ order: 9, scheme: 'SchnorrEd25519Sha512', signers: [1, 2], count: 1 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(one.events.length).toBe(before);
  });

  it('tell typed errors as they are', async () => {
    const [member] = [...members(1).values()] as [Member];
    member.maker.make({ order: 1, scheme: 'SchnorrEd25519Sha512', signers: [1, 2], count: 1 });
    await until(() => member.events.length > 0);
    expect(member.events).toMatchObject([
      { kind: 'failed', order: 1, error: { code: 'node/not-ready', fault: 'environment' } },
    ]);
  });

  it('end the node when they fail in a way that nobody thought of', async () => {
    const [member] = [...members(1).values()] as [Member];
    member.maker.begin(makerEpochOf(dealt, 1));
    member.maker.make({ order: 1, scheme: 'SchnorrEd25519Sha512', signers: undefined as never, count: 1 });
    await until(() => member.fatal.length > 0);
    expect(String(member.fatal[0])).toContain('TypeError');
  });
});

describe('a preparation that moves', () => {
  const source = new PreparationSource({ parties: 2, threshold: 2, withSetups: true });

  it.each(['SchnorrEd25519Sha512', 'EcdsaK256Sha256'] as const)('%s: leaves nothing behind', (scheme) => {
    const [halves] = source.make(scheme, [1, 2], 1);
    const original = halves?.get(1);
    if (original === undefined) throw new Error('nothing was made');
    const { id, signers, owner } = original;
    const moved = moveOut(original);
    const isUsed = original.kind === 'ecdsa' ? original.presignature.isUsed : original.nonces.isUsed;
    expect(isUsed).toBe(true);
    const arrived = structuredClone(moved, { transfer: [moved.secret.buffer] });
    expect(moved.secret.byteLength).toBe(0);
    const secret = toHex(arrived.secret);
    const taken = moveIn(arrived, curves);
    expect(arrived.secret.every((byte) => byte === 0)).toBe(true);
    expect(taken).toMatchObject({ id, signers, owner, scheme });
    expect(taken.kind === 'ecdsa' ? taken.presignature.isUsed : taken.nonces.isUsed).toBe(false);
    expect(secret).not.toMatch(/^0+$/);
    expect(() => moveOut(original)).toThrow();
  });
});
