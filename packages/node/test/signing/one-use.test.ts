import { type PartyIndex, toHex } from '@keymesh/foundation';
import { Presignature } from '@keymesh/threshold/ecdsa';
import { SigningNonces } from '@keymesh/threshold/frost';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PreparedRequest } from '../../src/signing/request.ts';
import type { Preparation, PreparedScheme } from '../../src/stock/preparation.ts';
import { settle } from '../epochs/manual-clock.ts';
import { seededRandom, unit } from '../mesh/virtual-clock.ts';
import { PreparationSource } from '../stock/preparations.ts';
import { Cluster } from './cluster.ts';
import { requestOf, SessionBus } from './session-bus.ts';

/**
 * THE invariant: no preparation serves two messages. The checker does not trust the code under test: it counts what the
 * threshold library is asked for, by the public half of the nonces or of the presignature.
 */
class Checker {
  /** By signer and public half: the messages for which its secret half was used or bound. */
  readonly uses = new Map<string, Set<string>>();
  total = 0;

  note(half: string, message: string): void {
    this.total += 1;
    this.uses.set(half, (this.uses.get(half) ?? new Set()).add(message));
  }

  get reused(): string[] {
    return [...this.uses].filter(([, messages]) => messages.size > 1).map(([half]) => half);
  }
}

let checker: Checker;
let spends = 0;
beforeEach(() => {
  checker = new Checker();
  const spend = SigningNonces.prototype.spend;
  vi.spyOn(SigningNonces.prototype, 'spend').mockImplementation(function (this: SigningNonces, use) {
    const { party, hiding } = this.commitment;
    // Moving to another thread is no use; here nothing moves. Each use is a message of its own to be safe.
    spends += 1;
    checker.note(`${party}/${toHex(hiding)}`, `use ${spends}`);
    return spend.call(this, use) as never;
  });
  const bind = Presignature.prototype.bind;
  vi.spyOn(Presignature.prototype, 'bind').mockImplementation(function (this: Presignature, request) {
    checker.note(`${this.self}/${toHex(this.id)}`, toHex(request));
    return bind.call(this, request);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('no preparation is used for two messages', () => {
  it.each([
    ['SchnorrEd25519Sha512', 120, 3],
    ['EcdsaK256Sha256', 24, 2],
  ] as const)('%s: whatever the order, who lies, and who is killed', async (scheme, seeds, threshold) => {
    const signers = [1, 2, 3].slice(0, threshold);
    const source = new PreparationSource({ parties: 3, threshold, withSetups: scheme === 'EcdsaK256Sha256' });
    for (let seed = 0; seed < seeds; seed++) {
      await liveAndLie(new SessionBus(source.bus.dealt, signers), source, scheme, signers, seed);
      expect([seed, checker.reused]).toEqual([seed, []]);
    }
    expect(checker.total).toBeGreaterThan(seeds);
  });

  it('over the whole service: with loss, reordering, kills and new boots', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const random = seededRandom(500 + seed);
      const cluster = new Cluster({
        ...{ parties: 3, threshold: 2, watermarks: { low: 2, high: 4 }, seed },
        // Without readiness there are no set-ups: this is about FROST.
        tamper: (_from, _to, message) => (message[0] === 2 && message[1] === 1 ? undefined : message),
      });
      cluster.network.setFaults(() =>
        unit(random) < 0.1 ? [] : [unit(random) * 40, ...(unit(random) < 0.1 ? [9] : [])],
      );
      await cluster.run(300);
      for (let step = 0; step < 12; step++) {
        const signers = [
          [1, 2],
          [1, 3],
          [2, 3],
        ][Math.floor(unit(random) * 3)] as PartyIndex[];
        // The same request id with two messages cannot be: but two requests for one key at once, and repeats.
        const number = Math.floor(unit(random) * 8);
        for (const party of signers) {
          if (unit(random) < 0.15) continue;
          const { service, serving } = cluster.member(party);
          const message = new Uint8Array(32).fill(number);
          service
            .sign(serving, cluster.request({ scheme: 'SchnorrEd25519Sha512', signers, number, message }))
            .catch(() => {});
        }
        await cluster.run(unit(random) * 200);
        if (unit(random) < 0.15) cluster.start(1 + Math.floor(unit(random) * 3));
      }
      await cluster.run(3_000, 50);
      expect([seed, checker.reused]).toEqual([seed, []]);
    }
    expect(checker.total).toBeGreaterThan(50);
  });
});

/** One short life: requests, messages in any order, repeats, lies of signer 1, and a kill. */
async function liveAndLie(
  bus: SessionBus,
  source: PreparationSource,
  scheme: PreparedScheme,
  signers: readonly PartyIndex[],
  seed: number,
): Promise<void> {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(unit(random) * from.length)] as T;
  const preparations = signers.flatMap((owner) => source.make(scheme, signers, owner));
  for (const halves of preparations) bus.stock(halves);
  const requests = [0, 1, 2].map((number) =>
    requestOf(scheme, { signers, number: 10 * seed + number, message: new Uint8Array(32).fill(number) }),
  );
  const lie = (): void => {
    const halves = pick(preparations);
    const { id } = [...halves.values()][0] as Preparation;
    const preparation = new Uint8Array(Buffer.from(id, 'hex'));
    const kind = pick(['assign', 'open', 'assign', 'failed', 'preparing'] as const);
    const { session } = pick(requests);
    const entropy = new Uint8Array(scheme === 'EcdsaK256Sha256' ? 32 : 0);
    bus.say(1, pick(signers.filter((party) => party !== 1)), {
      kind,
      session,
      preparation,
      entropy,
      code: 'x',
    } as never);
  };
  const actions: (() => void)[] = [
    () => bus.ask(pick(signers), pick<PreparedRequest>(requests)),
    () => bus.ask(pick(signers), pick<PreparedRequest>(requests)),
    () => bus.deliver(Math.floor(unit(random) * bus.flights.length)),
    () => bus.deliver(Math.floor(unit(random) * bus.flights.length)),
    lie,
    () => bus.clock.advance(unit(random) * 900),
  ];
  for (let step = 0; step < 30; step++) {
    pick(actions)();
    await settle();
    if (unit(random) < 0.03) bus.start(pick(signers));
  }
  for (const party of signers) bus.signer(party).sessions.close();
}
