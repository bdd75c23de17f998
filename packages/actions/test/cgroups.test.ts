import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cgroups, findCgroupPlace } from '../src/sandbox/cgroups.ts';
import { findWalls } from '../src/sandbox/walls.ts';
import { clock, Programs } from './program-under-test.ts';

/** Only root, or who was given a group, may make groups. */
const place = findCgroupPlace();
const parents = (place?.parents ?? []).map(({ directory }) => directory);
const groups = (prefix = `keymesh-${process.pid}-`): string[] =>
  parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(parent, name)),
  );

it('is no place where nothing can be made', () => {
  expect(findCgroupPlace('/nowhere')).toBeUndefined();
});

/** Filling memory takes its time on a busy machine. */
const patient = { limits: { runTimeMsMax: 20_000 } };
const processes = (group: string): number =>
  readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).length;
const limit = (group: string, ...names: readonly string[]): string => {
  const name = readdirSync(group).find((file) => names.includes(file));
  return name === undefined ? 'none' : readFileSync(join(group, name), 'utf8').trim();
};

/** No kernel behind it: what is written where. */
describe('version 2', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'keymesh-cgroups-'));
    writeFileSync(join(root, 'cgroup.controllers'), 'cpuset cpu io memory hugetlb pids\n');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('divides the node’s own group, and limits each of its groups', () => {
    const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    const parent = join(root, own);
    mkdirSync(parent, { recursive: true });
    const found = findCgroupPlace(root);
    expect(found?.version).toBe(2);
    expect(readFileSync(join(parent, 'cgroup.subtree_control'), 'utf8')).toBe('+memory +pids');
    const group = new Cgroups(found!, { memoryMiBMax: 64, clock }).create();
    const directory = dirname(group.entering.at(-1) ?? '');
    expect(dirname(directory)).toBe(parent.replace(/\/$/, ''));
    expect([limit(directory, 'memory.max'), limit(directory, 'pids.max')]).toEqual([`${64 * 1024 * 1024}`, '128']);
    expect(group.wasOutOfMemory).toBe(false);
    writeFileSync(join(directory, 'memory.events'), 'low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\n');
    expect(group.wasOutOfMemory).toBe(true);
    const [command = '', ...words] = [...group.entering, '/bin/echo', 'ran', 'with $its "words"'];
    expect(execFileSync(command, words, { encoding: 'utf8' })).toBe('ran with $its "words"\n');
    expect(readFileSync(join(directory, 'cgroup.procs'), 'utf8')).toMatch(/^\d+\n$/);
  });

  it('does not move anybody else', () => {
    const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    const parent = join(root, own);
    mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, 'cgroup.procs'), `${process.pid}\n${process.ppid}\n`);
    // What the kernel refuses while there are processes.
    rmSync(join(parent, 'cgroup.subtree_control'), { force: true });
    mkdirSync(join(parent, 'cgroup.subtree_control'));
    expect(findCgroupPlace(root)).toBeUndefined();
    expect(readdirSync(parent)).not.toContain('keymesh-node');
    writeFileSync(join(parent, 'cgroup.procs'), `${process.pid}\n`);
    findCgroupPlace(root);
    expect(readFileSync(join(parent, 'keymesh-node', 'cgroup.procs'), 'utf8')).toBe(`${process.pid}`);
  });

  it('is none without both controllers', () => {
    writeFileSync(join(root, 'cgroup.controllers'), 'cpu memory\n');
    expect(findCgroupPlace(root)).toBeUndefined();
  });
});

describe.skipIf(place === undefined)('a sandbox in a group of the kernel', () => {
  let programs: Programs;
  beforeAll(() => {
    programs = new Programs({ walls: findWalls() });
  });
  afterAll(() => programs.stop());

  it('is in it with everything that it starts, and has its limits', async () => {
    // Bubblewrap is two processes, and Deno is the third: the two sandboxes that wait are in groups of their own.
    const inside = findWalls().bubblewrap === undefined ? 1 : 3;
    await expect
      .poll(() => groups().map(processes), { timeout: 10_000 })
      .toEqual(Array(2 * parents.length).fill(inside));
    expect(groups()).toHaveLength(2 * parents.length);
    const limits = groups().map((group) => [
      limit(group, 'memory.max', 'memory.limit_in_bytes'),
      limit(group, 'pids.max'),
    ]);
    const memory = `${384 * 1024 * 1024}`;
    expect(limits).toEqual(
      place?.version === 2
        ? Array(2).fill([memory, '128'])
        : [...Array(2).fill([memory, 'none']), ...Array(2).fill(['none', '128'])],
    );
  });

  it.each([
    ['array buffers', 'const a = []; for (;;) a.push(new Uint8Array(5e7).fill(1))'],
    [
      'WebAssembly memory',
      'const a = []; for (;;) { const m = new WebAssembly.Memory({ initial: 800 }); new Uint8Array(m.buffer).fill(1); a.push(m) }',
    ],
  ])('ends with the limit and its number: %s', async (_, source) => {
    expect(await programs.logsOf(source, patient)).toMatch(/^actions\/limit-exceeded: .*memoryMiBMax = 384/);
    expect(await programs.logsOf('console.log("fine")')).toBe('fine');
  });

  it('gives a heap of any size its own limit first', async () => {
    expect(await programs.logsOf('const a = []; for (;;) a.push(new Array(1e4).fill(0.5))', patient)).toMatch(
      /heapMiBMax = 256/,
    );
  });

  it('shares it with none of another pool', async () => {
    const before = groups().length;
    const other = new Programs({ walls: findWalls() });
    expect(groups()).toHaveLength(before + 2 * parents.length);
    await other.stop();
  });

  it('ends whatever is left in it', async () => {
    const group = new Cgroups(place!, { memoryMiBMax: 64, clock }).create();
    const [command = '', ...words] = [...group.entering, '/bin/sleep', '60'];
    const left = spawn(command, words, { stdio: 'ignore' });
    const ended = new Promise((resolve) => left.once('exit', (_, signal) => resolve(signal)));
    const files = words.filter((word) => word.endsWith('cgroup.procs'));
    await expect.poll(() => files.every((file) => readFileSync(file, 'utf8').includes(`${left.pid}`))).toBe(true);
    await group.remove();
    expect([await ended, files.filter((file) => existsSync(file))]).toEqual(['SIGKILL', []]);
  });

  it('leaves no group behind', async () => {
    for (let i = 0; i < 5; i++) await programs.run('');
    await programs.stop();
    // Those of the other pool are gone too, or nearly.
    await expect.poll(() => groups().length, { timeout: 5_000 }).toBe(0);
    const last = new Programs({ walls: findWalls() });
    await last.run('');
    await last.stop();
    expect(groups()).toEqual([]);
  });
});

describe.skipIf(place === undefined)('groups of a node', () => {
  it('that died are removed by the next one, and those of one that lives are not', () => {
    const of = (name: string) => parents.map((parent) => join(parent, name));
    const [abandoned, living] = [of('keymesh-4194305-1'), of('keymesh-1-1')];
    for (const directory of [...abandoned, ...living]) mkdirSync(directory);
    new Cgroups(place!, { memoryMiBMax: 64, clock });
    expect([groups('keymesh-4194305-'), groups('keymesh-1-')]).toEqual([[], living]);
    for (const directory of living) rmdirSync(directory);
  });
});
