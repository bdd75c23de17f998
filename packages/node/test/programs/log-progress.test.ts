import { expect, test } from 'vitest';
import { LOG_PROGRESS_INTERVAL_MS } from '../../src/programs/limits.ts';
import { LogProgress } from '../../src/programs/log-progress.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';

test('logs are told some at a time, in order, and not after the end', () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const progress = new LogProgress(clock, (logs) => told.push(logs));
  progress.add('a');
  progress.add('b');
  expect(told).toEqual([]);
  clock.advance(LOG_PROGRESS_INTERVAL_MS);
  expect(told).toEqual(['ab']);
  clock.advance(10 * LOG_PROGRESS_INTERVAL_MS);
  progress.add('c');
  clock.advance(LOG_PROGRESS_INTERVAL_MS - 1);
  expect(told).toEqual(['ab']);
  clock.advance(1);
  expect(told).toEqual(['ab', 'c']);
  progress.add('d');
  progress.stop();
  clock.advance(LOG_PROGRESS_INTERVAL_MS);
  expect(told).toEqual(['ab', 'c']);
});
