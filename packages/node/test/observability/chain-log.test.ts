import { KeymeshError } from '@keymesh/foundation';
import { expect, it } from 'vitest';
import { ChainLog } from '../../src/composition/chain-log.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { snapshot } from '../epochs/member-under-test.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';
import { contextWithLog } from '../requests/request-context.ts';

it('a chain that stays dead is logged when it dies, now and then, and when it is back; every failure is counted', async () => {
  const clock = new VirtualClock();
  const metrics = createMetrics('test', '0');
  const { context, lines } = contextWithLog();
  const log = new ChainLog({ clock, metrics, logger: context.logger });
  const dead = new KeymeshError('Dead.', { code: 'chain/unreachable', fault: 'environment' });
  for (let i = 0; i < 100; i += 1) {
    log.trouble(dead);
    clock.advance(1_000);
  }
  log.trouble(new KeymeshError('Other.', { code: 'chain/reverted', fault: 'environment' }));
  log.snapshot(snapshot({}, 9n));
  log.snapshot(snapshot({}, 10n));
  const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
  expect(events).toEqual(['chain.trouble', 'chain.trouble', 'chain.trouble', 'chain.recovered']);
  const text = await metrics.registry.metrics();
  expect(text).toContain('keymesh_chain_troubles_total{code="chain/unreachable",node="test"} 100');
  expect(text).toContain('keymesh_chain_block_number{node="test"} 10');
});
