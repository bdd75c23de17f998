import { describe, expect, it } from 'vitest';
import { OWN_BATCHES_MAX } from '../../src/stock/limits.ts';
import { Cluster } from './cluster.ts';

/** On an empty stock, so that each signature waits for its preparation: of each leader more batches than peers admit. */
const AT_ONCE = 12 * OWN_BATCHES_MAX;
const SIGNERS = 3;
/** With none a batch would be over before the next begins. */
const LATENCY_MS = 10;
const TIMEOUT_MS = 20_000;

describe.each(['SchnorrEd25519Sha512', 'EcdsaK256Sha256'] as const)('%s: a burst on an empty stock', (scheme) => {
  it('is signed by all, and no honest signer refuses a batch of another', async () => {
    const cluster = new Cluster({ watermarks: { low: 8, high: 64 } });
    cluster.network.setFaults(() => [LATENCY_MS]);
    await cluster.run(2_000);
    const answers = Array.from({ length: AT_ONCE }, (_, i) => cluster.ask({ scheme, number: i + 1 }));
    const isOver = () => answers.every(({ size }) => size === SIGNERS);
    for (let spent = 0; !isOver() && spent < TIMEOUT_MS; spent += 100) await cluster.run(100);
    const all = answers.flatMap((answer) => [...answer.values()]);
    expect(all.filter((answer) => answer instanceof Error)).toEqual([]);
    expect(all).toHaveLength(SIGNERS * AT_ONCE);
    const events = [...cluster.members.values()].flatMap((member) => member.events);
    expect(events.filter(({ kind }) => kind === 'failed' || kind === 'dropped')).toEqual([]);
  });
});
