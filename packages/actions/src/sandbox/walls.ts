import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { ActionError } from '../errors.ts';
import { SANDBOX_DATA_BYTES_MAX, SANDBOX_FILES_MAX } from '../limits.ts';
import { type CgroupPlace, findCgroupPlace } from './cgroups.ts';
import { denoArguments } from './deno.ts';
import { seccompFilter } from './seccomp.ts';

/** What stands around a sandbox besides Deno's permissions. */
export interface Walls {
  /** Own namespaces for everything, an own root with nothing in it but the runtime, no capabilities. */
  readonly bubblewrap: string | undefined;
  /** Limits of the kernel for memory, processor time and files. */
  readonly prlimit: string | undefined;
  /** System calls that are refused; needs bubblewrap, which loads the filter. */
  readonly seccomp: Uint8Array | undefined;
  /** Memory of any kind, and threads. Where the node may make groups of the kernel: a wall more, which none requires. */
  readonly cgroup: CgroupPlace | undefined;
}

/** Everything that is needed to start a sandbox's process. */
export interface SandboxCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Written to file descriptor 3, if there is one. */
  readonly filter: Uint8Array | undefined;
}

const FILTER_FD = 3;
/** Where things are inside. */
const INSIDE = { deno: '/deno', guest: '/guest' } as const;

/** Which walls this machine can put up: each is tried, because a file that exists may still not be allowed to work. */
export function findWalls(searchPath: string = process.env.PATH ?? '', cgroupRoot?: string): Walls {
  if (process.platform !== 'linux') {
    return { bubblewrap: undefined, prlimit: undefined, seccomp: undefined, cgroup: undefined };
  }
  const bubblewrap = findProgram('bwrap', searchPath);
  const prlimit = findProgram('prlimit', searchPath);
  // With all that a sandbox gets: some containers allow namespaces, and no mount of /proc in them.
  const probe = (wall: string): string[] => [...namespaces(), '--ro-bind', wall, '/probe', '/probe', '--version'];
  const works = bubblewrap !== undefined && runs(bubblewrap, probe(bubblewrap));
  return {
    bubblewrap: works ? bubblewrap : undefined,
    prlimit: prlimit !== undefined && runs(prlimit, ['--core=0', 'true']) ? prlimit : undefined,
    seccomp: works ? seccompFilter() : undefined,
    cgroup: findCgroupPlace(cgroupRoot),
  };
}

/** Names of the walls that stand, for people. */
export function standingWalls(walls: Walls): string[] {
  return [
    'deno',
    ...(['bubblewrap', 'prlimit', 'seccomp', 'cgroup'] as const).filter((wall) => walls[wall] !== undefined),
  ];
}

/** @throws ActionError `actions/no-walls` unless all stand that are required. */
export function requireWalls(walls: Walls): void {
  const missing = (['bubblewrap', 'prlimit', 'seccomp'] as const).filter((wall) => walls[wall] === undefined);
  if (missing.length === 0) return;
  throw new ActionError(`This machine cannot put up the second wall around programs: ${missing.join(', ')} missing.`, {
    code: 'actions/no-walls',
    fault: 'environment',
    hint: 'On Debian: `apt-get install bubblewrap util-linux`, and allow user namespaces. Only a local network may run without.',
    details: { missing },
  });
}

/** The command of one sandbox. @param cpuSecondsMax processor time of the whole process. */
export function sandboxCommand(
  walls: Walls,
  options: {
    readonly deno: string;
    /** Its folder has what it imports, and nothing else. */
    readonly guestFile: string;
    readonly heapMiBMax: number;
    readonly cpuSecondsMax: number;
  },
): SandboxCommand {
  const { deno, guestFile, heapMiBMax, cpuSecondsMax } = options;
  const { bubblewrap, prlimit, seccomp } = walls;
  const inside =
    bubblewrap === undefined
      ? { deno, guest: guestFile }
      : { deno: INSIDE.deno, guest: join(INSIDE.guest, basename(guestFile)) };
  const words = [
    ...(prlimit === undefined
      ? []
      : [
          ...[prlimit, `--data=${SANDBOX_DATA_BYTES_MAX}`, `--cpu=${cpuSecondsMax}`, '--core=0'],
          `--nofile=${SANDBOX_FILES_MAX}`,
        ]),
    ...(bubblewrap === undefined
      ? []
      : [
          ...[bubblewrap, ...namespaces()],
          ...['--ro-bind', deno, INSIDE.deno, '--ro-bind', dirname(guestFile), INSIDE.guest],
          ...(seccomp === undefined ? [] : ['--seccomp', `${FILTER_FD}`]),
        ]),
    inside.deno,
    ...denoArguments(inside.guest, heapMiBMax),
  ];
  const [command = '', ...args] = words;
  return { command, args, filter: bubblewrap === undefined ? undefined : seccomp };
}

/** An own root with the C library in it, an own everything else, and no capabilities. */
function namespaces(): string[] {
  return [
    ...[
      '--unshare-all',
      '--die-with-parent',
      '--new-session',
      '--clearenv',
      '--cap-drop',
      'ALL',
      '--hostname',
      'action',
    ],
    ...libraries(),
    ...['--tmpfs', '/tmp', '--dev', '/dev', '--proc', '/proc', '--chdir', '/tmp'],
    ...['--setenv', 'DENO_DIR', '/tmp/deno', '--setenv', 'NO_COLOR', '1'],
  ];
}

/** Only the shared libraries that the runtime needs: the C library and what belongs to it. */
function libraries(): string[] {
  return ['/lib', '/lib64', '/usr/lib', '/usr/lib64'].flatMap((path) =>
    existsSync(path) ? ['--ro-bind', path, path] : [],
  );
}

function findProgram(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return dirname(path) !== '';
  } catch {
    return false;
  }
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 5_000, env: { PATH: '/usr/bin:/bin' } }).status === 0;
}
