import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@keymesh/foundation';
import { CGROUP_REMOVAL_RETRY_MS, CGROUP_REMOVAL_TRIES_MAX, SANDBOX_TASKS_MAX } from '../limits.ts';

/** Where this process may make groups of its own, and how they are limited there. */
export interface CgroupPlace {
  readonly version: 1 | 2;
  /** Directories in which to make them: one of each controller in version 1, a single one in version 2. */
  readonly parents: readonly Parent[];
}

interface Parent {
  readonly directory: string;
  /** Files of a group and what is written to them; those with `isOptional` are not there on every kernel. */
  readonly limits: (memoryBytesMax: number) => readonly Limit[];
  /** Says `oom_kill <count>`, where it is about memory. */
  readonly events?: string;
}

interface Limit {
  readonly file: string;
  readonly value: string;
  readonly isOptional?: boolean;
}

const tasks: Limit = { file: 'pids.max', value: `${SANDBOX_TASKS_MAX}` };
const memoryOf = {
  1: (bytes: number): readonly Limit[] => [
    { file: 'memory.limit_in_bytes', value: `${bytes}` },
    { file: 'memory.memsw.limit_in_bytes', value: `${bytes}`, isOptional: true },
  ],
  2: (bytes: number): readonly Limit[] => [
    { file: 'memory.max', value: `${bytes}` },
    { file: 'memory.swap.max', value: '0', isOptional: true },
    { file: 'memory.oom.group', value: '1', isOptional: true },
  ],
};

const CONTROLLERS = ['memory', 'pids'];
const MIB = 1024 * 1024;
const PREFIX = 'keymesh-';
const OF_PROCESS = new RegExp(`^${PREFIX}(\\d+)-`);

/**
 * The place for groups on this machine, tried by making one: that needs root, or a group that was delegated to the node
 * (systemd: `Delegate=memory pids`).
 * @param root where the kernel's groups are mounted.
 * @returns undefined where there is none.
 */
export function findCgroupPlace(root = '/sys/fs/cgroup'): CgroupPlace | undefined {
  return [unified(root), unified(join(root, 'unified')), versionOne(root)].find(
    (place) => place !== undefined && works(place),
  );
}

/** Groups that this process made: each has a name of its own. */
let made = 0;

/** Groups around sandboxes, one each. */
export class Cgroups {
  readonly #place: CgroupPlace;
  readonly #memoryBytesMax: number;
  readonly #clock: Clock;

  constructor(place: CgroupPlace, options: { readonly memoryMiBMax: number; readonly clock: Clock }) {
    this.#place = place;
    this.#memoryBytesMax = options.memoryMiBMax * MIB;
    this.#clock = options.clock;
    removeAbandoned(place);
  }

  /** @throws what the file system says, if the place has gone. */
  create(): Cgroup {
    made += 1;
    return new Cgroup(makeGroup(this.#place, `${PREFIX}${process.pid}-${made}`, this.#memoryBytesMax), this.#clock);
  }
}

interface Made {
  readonly directory: string;
  readonly events: string | undefined;
}

/** The group of one sandbox. */
export class Cgroup {
  readonly #made: readonly Made[];
  readonly #clock: Clock;

  constructor(made: readonly Made[], clock: Clock) {
    this.#made = made;
    this.#clock = clock;
  }

  /** Words before a command: it is in the group before it becomes what it is, and so is everything that it starts. */
  get entering(): readonly string[] {
    const files = this.#made.map(({ directory }) => join(directory, 'cgroup.procs'));
    const enter = files.map((_, at) => `echo $$ >"$${at + 1}"`).join(' && ');
    return ['/bin/sh', '-c', `${enter} && shift ${files.length} && exec "$@"`, 'sh', ...files];
  }

  /** Whether the kernel ended something in it for its memory. */
  get wasOutOfMemory(): boolean {
    return this.#made.some(({ directory, events }) => {
      if (events === undefined) return false;
      const [, count = '0'] = /^oom_kill (\d+)$/m.exec(readIfThere(join(directory, events))) ?? [];
      return Number(count) > 0;
    });
  }

  /**
   * The kernel keeps a group until the last process in it is gone. One that still is there is ended: bubblewrap that is
   * killed while it starts leaves a child that does not know yet that it shall die with it.
   */
  async remove(): Promise<void> {
    for (let tries = 0; tries < CGROUP_REMOVAL_TRIES_MAX; tries++) {
      for (const { directory } of this.#made) endProcesses(directory);
      if (this.#made.map(({ directory }) => removeGroup(directory)).every(Boolean)) return;
      await new Promise<void>((resolve) => this.#clock.setTimer(CGROUP_REMOVAL_RETRY_MS, resolve));
    }
  }
}

function makeGroup({ parents }: CgroupPlace, name: string, memoryBytesMax: number): Made[] {
  return parents.map(({ directory: parent, limits, events }) => {
    const directory = join(parent, name);
    mkdirSync(directory, { recursive: true });
    for (const { file, value, isOptional = false } of limits(memoryBytesMax)) {
      const path = join(directory, file);
      if (!isOptional || existsSync(path)) writeFileSync(path, value);
    }
    return { directory, events };
  });
}

function unified(root: string): CgroupPlace | undefined {
  const own = ownGroups().get('');
  const controllers = readIfThere(join(root, 'cgroup.controllers')).split(/\s+/);
  if (own === undefined || !CONTROLLERS.every((name) => controllers.includes(name))) return undefined;
  const directory = join(root, own);
  if (!mayDivide(directory)) return undefined;
  const limits = (bytes: number) => [...memoryOf[2](bytes), tasks];
  return { version: 2, parents: [{ directory, limits, events: 'memory.events' }] };
}

/**
 * A group that limits its children may have no process of its own: the node goes to a child, once. Only where it is alone,
 * as a service is: whoever else is there, a person's shell for example, is not ours to move.
 */
function mayDivide(directory: string): boolean {
  const control = join(directory, 'cgroup.subtree_control');
  const divide = (): void => writeFileSync(control, CONTROLLERS.map((name) => `+${name}`).join(' '));
  try {
    if (CONTROLLERS.every((name) => readIfThere(control).split(/\s+/).includes(name))) return true;
    try {
      divide();
    } catch {
      if (readIfThere(join(directory, 'cgroup.procs')).trim() !== `${process.pid}`) return false;
      const inner = join(directory, `${PREFIX}node`);
      mkdirSync(inner, { recursive: true });
      writeFileSync(join(inner, 'cgroup.procs'), `${process.pid}`);
      divide();
    }
    return true;
  } catch {
    return false;
  }
}

function versionOne(root: string): CgroupPlace | undefined {
  const own = ownGroups();
  const [memory, pids] = CONTROLLERS.map((name) => {
    const path = own.get(name);
    return path === undefined || !existsSync(join(root, name)) ? undefined : join(root, name, path);
  });
  if (memory === undefined || pids === undefined) return undefined;
  return {
    version: 1,
    parents: [
      { directory: memory, limits: memoryOf[1], events: 'memory.oom_control' },
      { directory: pids, limits: () => [tasks] },
    ],
  };
}

/** Paths of this process by controller; of version 2 by the empty text. */
function ownGroups(): Map<string, string> {
  const lines = readIfThere('/proc/self/cgroup').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (controllers === undefined || path === undefined) return [];
      return controllers.split(',').map((name) => [name, path] as const);
    }),
  );
}

/** A file that is there may still not be ours to write, or the kernel may refuse the process. */
function works(place: CgroupPlace): boolean {
  const clock: Clock = { now: Date.now, setTimer: () => ({ cancel: () => {} }) };
  try {
    const group = new Cgroup(makeGroup(place, `${PREFIX}${process.pid}-probe`, 64 * MIB), clock);
    const [command = '', ...args] = [...group.entering, '/bin/true'];
    const { status } = spawnSync(command, args, { stdio: 'ignore', timeout: 5_000 });
    void group.remove();
    return status === 0;
  } catch {
    return false;
  }
}

/** Of processes that did not end well: their groups are empty, and would stay for ever. */
function removeAbandoned({ parents }: CgroupPlace): void {
  for (const { directory } of parents) {
    for (const name of readdirSync(directory)) {
      const [, pid] = OF_PROCESS.exec(name) ?? [];
      if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeGroup(join(directory, name));
    }
  }
}

function endProcesses(directory: string): void {
  const pids = readIfThere(join(directory, 'cgroup.procs')).split('\n').map(Number);
  for (const pid of pids.filter((one) => one > 1)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

/** @returns whether it is gone. */
function removeGroup(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch {
    return !existsSync(directory);
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
