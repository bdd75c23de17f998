import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/observability/metrics.ts';

describe('metrics', () => {
  it('carry their unit in their name, and the name of the node', async () => {
    const metrics = createMetrics('node-1', '1.2.3');
    metrics.requestDurationSeconds.observe({ route: '/v1/decrypt' }, 0.2);
    metrics.epoch.set(3);
    const text = await metrics.registry.metrics();
    expect(text).toContain('keymesh_build_info{version="1.2.3",node="node-1"} 1');
    expect(text).toContain('keymesh_epoch_number{node="node-1"} 3');
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) expect(name).toMatch(/^keymesh_[a-z_]+_(total|seconds|count|number|info)$/);
  });

  it('count the stock when they are asked for it', async () => {
    const metrics = createMetrics('a', '0');
    const line = (count: number) => `keymesh_preparations_stocked_count{scheme="EcdsaK256Sha256",node="a"} ${count}`;
    expect(await metrics.registry.metrics()).not.toContain('keymesh_preparations_stocked_count{');
    let count = 3;
    metrics.countStockWith(() => [['EcdsaK256Sha256', count]]);
    expect(await metrics.registry.metrics()).toContain(line(3));
    count = 0;
    expect(await metrics.registry.metrics()).toContain(line(0));
  });

  it('of two nodes in one process are apart', async () => {
    const [a, b] = [createMetrics('a', '0'), createMetrics('b', '0')];
    a.decryptionShares.inc();
    expect(await b.registry.metrics()).toContain('keymesh_decryption_shares_total{node="b"} 0');
  });
});
