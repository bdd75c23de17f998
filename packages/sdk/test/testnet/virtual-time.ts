import { vi } from 'vitest';
import { START_MS } from './testnet.ts';

/** Virtual time passes in steps of so much. Milliseconds. */
const STEP_MS = 25;
/** Nothing that the client does may take longer. Milliseconds. */
const LIMIT_MS = 120_000;

/** Timers and dates that only `settle` moves. Call in `beforeEach`; `vi.useRealTimers()` in `afterEach`. */
export function useVirtualTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: START_MS });
}

export type Settled<T> = {
  /** Virtual milliseconds that it took. */
  readonly tookMs: number;
} & ({ readonly value: T; readonly error?: never } | { readonly value?: never; readonly error: unknown });

/** Runs an operation to its end in virtual time. */
export async function settle<T>(run: () => Promise<T>): Promise<Settled<T>> {
  const started = Date.now();
  let settled: Settled<T> | undefined;
  run().then(
    (value) => {
      settled = { value, tookMs: Date.now() - started };
    },
    (error: unknown) => {
      settled = { error, tookMs: Date.now() - started };
    },
  );
  for (let passed = 0; passed < LIMIT_MS; passed += STEP_MS) {
    // Streams and WebAssembly need turns of the real event loop between two steps of virtual time.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (settled !== undefined) return settled;
    await vi.advanceTimersByTimeAsync(STEP_MS);
  }
  throw new Error(`it did not end within ${LIMIT_MS} ms of virtual time`);
}

/** The same, for what must succeed. */
export async function succeed<T>(run: () => Promise<T>): Promise<{ readonly value: T; readonly tookMs: number }> {
  const settled = await settle(run);
  if ('error' in settled) throw settled.error;
  return settled as { readonly value: T; readonly tookMs: number };
}

/** The same, for what must fail. */
export async function fail(
  run: () => Promise<unknown>,
): Promise<{ readonly error: ErrorLike; readonly tookMs: number }> {
  const settled = await settle(run);
  if ('error' in settled) return { error: settled.error as ErrorLike, tookMs: settled.tookMs };
  throw new Error('it succeeded');
}

export interface ErrorLike {
  readonly message: string;
  readonly code: string;
  readonly fault: string;
  readonly hint?: string;
  readonly culprits: readonly number[];
  readonly details: Record<string, unknown>;
}
