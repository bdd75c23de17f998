/**
 * Runs something that can be cancelled, for so long at most. It ends in time even if `run` ignores its signal, and
 * leaves no timer behind.
 *
 * @param timeoutMs milliseconds.
 * @param outer cancels it from outside.
 * @throws what `run` throws; the reason of whatever cancelled it.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const cancel = (): void => abort.abort(outer?.reason);
  let stop: (reason: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  abort.signal.addEventListener('abort', () => stop(abort.signal.reason), { once: true });
  outer?.addEventListener('abort', cancel, { once: true });
  const timer = setTimeout(() => abort.abort(new DOMException('The deadline has passed.', 'TimeoutError')), timeoutMs);
  try {
    if (outer?.aborted) cancel();
    return await Promise.race([stopped, run(abort.signal)]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', cancel);
  }
}
