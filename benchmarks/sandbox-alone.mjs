/** What it takes to run programs in a sandbox without a network, and to see what that costs. */
import { readFileSync } from 'node:fs';

export const clock = {
  now: () => Date.now(),
  setTimer: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** The host of a program that is alone: it gets nothing but what `chains` answers. */
export const hostWith = (chains) => ({
  auth: { authSigAddress: null, authMethodContexts: [], resources: [], customAuthResource: '' },
  peers: { self: 1, parties: [1] },
  begin: async () => {},
  chains,
});

/** Milliseconds. */
export async function timed(action) {
  const begun = performance.now();
  await action();
  return performance.now() - begun;
}

/** Resident memory of a process; what it shares with others counts in part. Mebibytes. */
export function proportionalMiB(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1_024;
}

/** The innermost process of a sandbox: bubblewrap starts it as a child of its child. */
export function innermost(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? pid : innermost(Number(children.split(' ')[0]));
}
