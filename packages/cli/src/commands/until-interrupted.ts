/** Resolves at Ctrl-C or SIGTERM. A second Ctrl-C ends the process at once. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // A pending promise does not keep Node running; a timer does.
    const alive = setInterval(() => {}, 1 << 30);
    const interrupted = (): void => {
      clearInterval(alive);
      process.removeListener('SIGTERM', interrupted);
      process.once('SIGINT', () => process.exit(130));
      resolve();
    };
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
  });
}
