import { describe, expect, it } from 'vitest';
import { RUNS_WAITING_MAX, SANDBOX_REFILL_DELAY_MS, SANDBOXES_STARTING_MAX } from '../src/limits.ts';
import { SandboxPool } from '../src/sandbox/pool.ts';
import type { Sandbox } from '../src/sandbox/sandbox.ts';

const RUNNING_MAX = 5;

/** A sandbox that is ready, or cannot start, when the test says so. */
class FakeSandbox {
  isOver = false;
  leave: () => void = () => {};
  readonly gone = new Promise<void>((resolve) => {
    this.leave = resolve;
  });
  becomeReady: () => void = () => {};
  cannotStart: (error: Error) => void = () => {};
  readonly ready: Promise<void>;

  constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.becomeReady = resolve;
      this.cannotStart = reject;
    });
    this.ready.catch(() => {});
  }

  kill(): void {
    this.isOver = true;
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A pool on a clock that the test moves. */
function underTest(size: number) {
  const started: FakeSandbox[] = [];
  const timers = new Set<{ readonly dueAt: number; readonly fire: () => void }>();
  let now = 0;
  const pool = new SandboxPool({
    size,
    runningMax: RUNNING_MAX,
    start: () => {
      started.push(new FakeSandbox());
      return started.at(-1) as unknown as Sandbox;
    },
    clock: {
      now: () => now,
      setTimer: (delayMs, fire) => {
        const timer = { dueAt: now + delayMs, fire };
        timers.add(timer);
        return { cancel: () => timers.delete(timer) };
      },
    },
  });
  const advance = async (ms: number): Promise<void> => {
    now += ms;
    for (const timer of [...timers].filter(({ dueAt }) => dueAt <= now)) {
      timers.delete(timer);
      timer.fire();
    }
    await settle();
  };
  const readyAll = async (): Promise<void> => {
    for (let known = -1; known !== started.length; await settle()) {
      known = started.length;
      for (const sandbox of started) sandbox.becomeReady();
    }
  };
  /** A program that runs until the test ends it. */
  const run = (isChild = false) => {
    let end: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const result = pool.with(() => over, isChild);
    result.catch(() => {});
    return { end, result };
  };
  return { pool, started, timers, advance, readyAll, run };
}

describe('a pool of sandboxes', () => {
  it('is filled ahead, gives each out once, kills it afterwards, and fills again a little later', async () => {
    const { pool, started, advance, readyAll, run } = underTest(2);
    expect([started.length, pool.idle]).toEqual([2, 2]);
    const { end, result } = run();
    await readyAll();
    expect([started.length, pool.idle, pool.running]).toEqual([2, 1, 1]);
    await advance(SANDBOX_REFILL_DELAY_MS - 1);
    expect(started).toHaveLength(2);
    await advance(1);
    expect([started.length, pool.idle]).toEqual([3, 2]);
    end();
    await result;
    expect([started[0]?.isOver, started[1]?.isOver, pool.running]).toEqual([true, false, 0]);
  });

  it('starts one for a program that finds none, and only so many at one time', async () => {
    const { started, readyAll, run } = underTest(0);
    for (let i = 0; i < SANDBOXES_STARTING_MAX + 2; i++) run();
    await settle();
    expect(started).toHaveLength(SANDBOXES_STARTING_MAX);
    started[0]?.becomeReady();
    await settle();
    expect(started).toHaveLength(SANDBOXES_STARTING_MAX + 1);
    started[1]?.cannotStart(new Error('no'));
    await settle();
    expect(started).toHaveLength(SANDBOXES_STARTING_MAX + 2);
    await readyAll();
  });

  it('does not give out one that has died waiting', async () => {
    const { started, readyAll, run } = underTest(1);
    (started[0] as FakeSandbox).isOver = true;
    run();
    await readyAll();
    expect(started).toHaveLength(2);
  });

  it('refills behind the programs that wait', async () => {
    const { pool, started, advance, readyAll, run } = underTest(1);
    for (let i = 0; i < SANDBOXES_STARTING_MAX + 2; i++) run();
    await settle();
    const before = started.length;
    await advance(SANDBOX_REFILL_DELAY_MS);
    expect(started).toHaveLength(before);
    await readyAll();
    await advance(SANDBOX_REFILL_DELAY_MS);
    expect(pool.idle).toBe(1);
  });

  it('lets so many run, so many wait, and refuses more; children need no place', async () => {
    const { pool, readyAll, run } = underTest(0);
    const running = Array.from({ length: RUNNING_MAX }, () => run());
    await readyAll();
    const waiting = Array.from({ length: RUNS_WAITING_MAX }, () => run());
    await expect(run().result).rejects.toMatchObject({ code: 'actions/overloaded' });
    const child = run(true);
    await readyAll();
    child.end();
    await child.result;
    expect(pool.running).toBe(RUNNING_MAX);
    running[0]?.end();
    await readyAll();
    waiting[0]?.end();
    await waiting[0]?.result;
  });

  it('gives a place back when its sandbox does not start', async () => {
    const { pool, started, run } = underTest(0);
    const { result } = run();
    await settle();
    started[0]?.cannotStart(new Error('no'));
    await expect(result).rejects.toThrow('no');
    expect(pool.running).toBe(0);
  });

  it('leaves nothing when it closes', async () => {
    const { pool, started, timers, readyAll, run } = underTest(2);
    run().end();
    await readyAll();
    let isClosed = false;
    const closing = pool.close().then(() => {
      isClosed = true;
    });
    expect([started.every(({ isOver }) => isOver), timers.size]).toEqual([true, 0]);
    for (const sandbox of started) {
      await settle();
      expect(isClosed).toBe(false);
      sandbox.leave();
    }
    await closing;
  });
});
