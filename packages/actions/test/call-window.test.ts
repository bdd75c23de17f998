import { expect, it } from 'vitest';
import { CallWindow } from '../src/call-window.ts';
import { GUEST_CALLS_PER_WINDOW_MAX, GUEST_CALLS_WINDOW_MS } from '../src/limits.ts';

/** Calls on a clock that the test moves. */
function underTest() {
  let now = 1_000;
  const timers: { dueAt: number; fire: () => void }[] = [];
  const window = new CallWindow({
    now: () => now,
    setTimer: (delayMs, fire) => {
      timers.push({ dueAt: now + delayMs, fire });
      return { cancel: () => {} };
    },
  });
  const answered: number[] = [];
  const call = (id: number): void => {
    if (window.take()) answered.push(id);
    else window.wait(() => answered.push(id));
  };
  const advance = (ms: number): void => {
    now += ms;
    for (const timer of timers.splice(0)) timer.dueAt <= now ? timer.fire() : timers.push(timer);
  };
  return { call, answered, advance, timers };
}

it('answers so many calls in each window, in their order, and all in the end', () => {
  const { call, answered, advance, timers } = underTest();
  const count = 3 * GUEST_CALLS_PER_WINDOW_MAX + 5;
  for (let id = 0; id < count; id++) call(id);
  expect(answered).toHaveLength(GUEST_CALLS_PER_WINDOW_MAX);
  advance(GUEST_CALLS_WINDOW_MS - 1);
  expect(answered).toHaveLength(GUEST_CALLS_PER_WINDOW_MAX);
  advance(1);
  expect(answered).toHaveLength(2 * GUEST_CALLS_PER_WINDOW_MAX);
  advance(GUEST_CALLS_WINDOW_MS);
  advance(GUEST_CALLS_WINDOW_MS);
  expect(answered).toEqual(Array.from({ length: count }, (_, id) => id));
  expect(timers).toEqual([]);
});

it('does not slow down who calls now and then', () => {
  const { call, answered, advance } = underTest();
  for (let id = 0; id < 5 * GUEST_CALLS_PER_WINDOW_MAX; id++) {
    call(id);
    expect(answered).toHaveLength(id + 1);
    advance(2);
  }
});

it('lets none overtake those that wait', () => {
  const { call, answered, advance } = underTest();
  for (let id = 0; id <= GUEST_CALLS_PER_WINDOW_MAX; id++) call(id);
  advance(GUEST_CALLS_WINDOW_MS / 2);
  call(500);
  advance(GUEST_CALLS_WINDOW_MS / 2);
  expect(answered.slice(-2)).toEqual([GUEST_CALLS_PER_WINDOW_MAX, 500]);
});
