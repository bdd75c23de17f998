import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionHost } from '../src/host.ts';
import type { SandboxPool } from '../src/sandbox/pool.ts';
import type { Sandbox } from '../src/sandbox/sandbox.ts';
import { Programs } from './program-under-test.ts';

let programs: Programs;
beforeAll(() => {
  programs = new Programs();
});
afterAll(() => programs.stop());

/** Ends the processes of the first sandboxes as the kernel would when the machine has no memory left. */
function losing(count: number): { readonly taken: () => number; restore(): void } {
  const { pool } = programs;
  const original = pool.with.bind(pool);
  let taken = 0;
  (pool as { with: SandboxPool['with'] }).with = (use, isChild) =>
    original(async (sandbox: Sandbox) => {
      taken += 1;
      if (taken <= count) {
        process.kill(sandbox.pid as number, 'SIGKILL');
        while (!sandbox.isOver) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return use(sandbox);
    }, isChild);
  return { taken: () => taken, restore: () => Reflect.deleteProperty(pool, 'with') };
}

describe('a program whose sandbox is lost', () => {
  it.each([1, 3])('before it did anything runs in another one, after %i of them', async (count) => {
    const pool = losing(count);
    const { error, response } = await programs.run('Lit.Actions.setResponse({ response: "ran" })');
    pool.restore();
    expect([error, response, pool.taken()]).toEqual([undefined, 'ran', count + 1]);
  });

  it('again and again fails in the end', async () => {
    const pool = losing(100);
    const { error } = await programs.run('Lit.Actions.setResponse({ response: "ran" })');
    pool.restore();
    expect([error?.code, pool.taken()]).toEqual(['actions/no-result', 4]);
  });

  it.each([
    ['asked for something', 'await fetch("http://10.0.0.1/").catch(() => {});'],
    ['logged', 'console.log("once");'],
    ['answered', 'Lit.Actions.setResponse({ response: "once" });'],
  ])('after it %s does not run again', async (_, before) => {
    const pool = losing(0);
    // A frame that is too long ends a sandbox before it is read; what comes with it is not heard either.
    const source = `(async () => { ${before} await new Promise((resolve) => setTimeout(resolve, 100)); Lit.Actions.setResponse({ response: 'x'.repeat(9e6) }); })()`;
    const { error } = await programs.run(source);
    pool.restore();
    expect([error?.code, pool.taken()]).toEqual(['actions/no-result', 1]);
  });

  it('and is written down does not run again', async () => {
    const pool = losing(1);
    const observer = { program: () => ({ on: () => {}, answered: () => {} }) } as never;
    const host: Partial<ActionHost> = {};
    const { error } = await programs.run('1', { observer, host });
    pool.restore();
    expect([error?.code, pool.taken()]).toEqual(['actions/no-result', 1]);
  });
});
