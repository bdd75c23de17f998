import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock, SerializedError } from '@keymesh/foundation';
import { ActionError } from '../errors.ts';
import { GUEST_BYTES_MAX, GUEST_FRAME_BYTES_MAX, GUEST_STDERR_BYTES_MAX, SANDBOX_START_TIMEOUT_MS } from '../limits.ts';
import type { Cgroup } from './cgroups.ts';
import { encodeGuestFrame, GuestFrames } from './frames.ts';
import type { SandboxCommand } from './walls.ts';

/** What a program finds in its global scope. */
export interface GuestGlobals {
  readonly jsParams: Readonly<Record<string, unknown>>;
  /** `Lit.Auth`. */
  readonly auth: unknown;
  /** `Lit.Headers`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** How a run is told or repeated. */
export interface GuestTrace {
  /** What the program drew of time and chance the first time; undefined for a run that is told. */
  readonly draws?: readonly GuestDraw[];
  /** Whether to stop before the program's first line if a debugger is attached. */
  readonly debug?: boolean;
}

/** A value of time or chance. */
export interface GuestDraw {
  /** Where from, e.g. `Date.now`. */
  readonly what: string;
  readonly value: unknown;
}

/** What a traced program says besides: that it took an answer, that a timer went off, what it drew. */
export type GuestTracing =
  | { readonly kind: 'took'; readonly id: number }
  | { readonly kind: 'fired'; readonly id: number }
  | ({ readonly kind: 'drew' } & GuestDraw);

/** How a sandbox ended. */
export type SandboxEnd =
  | { readonly kind: 'done' }
  /** The program threw. @see SCRIPT_ERROR_CHARS_MAX */
  | { readonly kind: 'threw'; readonly text: string; readonly code: string | undefined }
  /** The process is gone; `stderr` may say why. */
  | ({ readonly kind: 'gone' } & SandboxExit);

export interface SandboxExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  /** Whether the kernel ended it for its memory. */
  readonly outOfMemory: boolean;
}

/** What a program does meanwhile. All of it is what the program says: forms are checked, nothing is believed. */
export interface GuestListener {
  readonly onCall: (id: number, op: unknown, args: unknown) => void;
  readonly onLog: (text: string) => void;
  readonly onResponse: (text: string) => void;
  readonly onTracing?: (said: GuestTracing) => void;
  readonly onEnd: (end: SandboxEnd) => void;
}

type Answer = { readonly value: unknown } | { readonly error: SerializedError };

export interface SandboxOptions {
  /** What it is told before it is ready: `libraryFrame`. */
  readonly library: Uint8Array;
  readonly clock: Clock;
  /** Of the kernel, around it alone. It is removed with it. */
  readonly group?: Cgroup | undefined;
  /** Milliseconds. */
  readonly startTimeoutMs?: number;
}

/** One process for one program: started ahead, used once, killed. */
export class Sandbox {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #group: Cgroup | undefined;
  readonly #clock: Clock;
  readonly #frames = new GuestFrames(GUEST_FRAME_BYTES_MAX);
  /** Settles when the process waits for its program. */
  readonly ready: Promise<void>;
  /** Settles when nothing of it is left on the machine. */
  readonly gone: Promise<void>;
  #listener: GuestListener | undefined;
  #isOver = false;
  /** Whether it has said anything: then bubblewrap is up, and its child ends with it. */
  #isUp = false;
  #stderr = '';
  /** Bytes that it has said. */
  #heard = 0;
  #becameReady: () => void = () => {};
  #cannotStart: (error: ActionError) => void = () => {};

  constructor({ command, args, filter }: SandboxCommand, options: SandboxOptions) {
    const { library, clock, group, startTimeoutMs = SANDBOX_START_TIMEOUT_MS } = options;
    this.#group = group;
    this.#clock = clock;
    const [program = '', ...words] = [...(group?.entering ?? []), command, ...args];
    this.#child = spawn(program, words, {
      stdio: ['pipe', 'pipe', 'pipe', filter === undefined ? 'ignore' : 'pipe'],
      // Nothing of the node's environment; a directory that exists everywhere.
      env: { NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' },
      cwd: '/',
    }) as ChildProcessByStdio<Writable, Readable, Readable>;
    lowerPriority(this.#child.pid);
    this.gone = new Promise<void>((resolve) => this.#child.once('close', resolve)).then(() => group?.remove());
    this.ready = new Promise((resolve, reject) => {
      const timer = clock.setTimer(startTimeoutMs, () => this.#gone());
      this.#becameReady = () => {
        timer.cancel();
        resolve();
      };
      this.#cannotStart = (error) => {
        timer.cancel();
        reject(error);
      };
    });
    // Whoever waits hears of it; that nobody waits yet is no error.
    this.ready.catch(() => {});
    this.#listen(filter);
    this.#child.stdin.write(library);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Operating system's number of the process; of bubblewrap, if that is around it. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Gives it the program. Call it once, after `ready`. */
  run(source: string, { jsParams, auth, headers }: GuestGlobals, listener: GuestListener, trace?: GuestTrace): void {
    this.#listener = listener;
    if (this.#isOver) listener.onEnd({ kind: 'gone', ...this.#exit() });
    else this.#write({ kind: 'start', source, jsParams, auth, headers, trace });
  }

  /** Sets off a timer of a run that is repeated. */
  fire(timer: number): void {
    if (!this.#isOver) this.#write({ fire: timer });
  }

  answer(id: number, answer: Answer): void {
    if (!this.#isOver) this.#write({ id, ...answer });
  }

  /** Ends it at once. Nothing of it is heard any more. */
  kill(): void {
    this.#listener = undefined;
    this.#gone();
  }

  #listen(filter: Uint8Array | undefined): void {
    const child = this.#child;
    child.stdout.on('data', (chunk: Uint8Array) => {
      this.#isUp = true;
      this.#receive(chunk);
    });
    child.stderr.on('data', (chunk: Uint8Array) => {
      if (this.#stderr.length < GUEST_STDERR_BYTES_MAX) this.#stderr += new TextDecoder().decode(chunk);
    });
    // A program that reads nothing any more is seen by its end.
    child.stdin.on('error', () => {});
    child.on('error', (cause) => {
      this.#stderr ||= cause.message;
      this.#gone();
    });
    child.on('close', () => this.#gone());
    if (filter === undefined) return;
    const filterPipe = child.stdio[3] as unknown as Writable;
    filterPipe.on('error', () => {});
    filterPipe.end(filter);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#heard += chunk.length;
    const frames = this.#heard > GUEST_BYTES_MAX ? undefined : this.#frames.push(chunk);
    if (frames === undefined) {
      this.#stderr ||= 'It wrote something that is no message, or too much.';
      this.#gone();
      return;
    }
    for (const frame of frames) if (!this.#isOver) this.#hear(frame);
  }

  #hear(frame: unknown): void {
    if (typeof frame !== 'object' || frame === null) return;
    const { kind, id, op, args, text, code, what, value } = frame as Record<string, unknown>;
    if (kind === 'ready') {
      this.#becameReady();
      return;
    }
    const listener = this.#listener;
    if (listener === undefined) return;
    if (kind === 'call' && Number.isSafeInteger(id)) listener.onCall(id as number, op, args);
    else if (kind === 'log' && typeof text === 'string') listener.onLog(text);
    else if (kind === 'response' && typeof text === 'string') listener.onResponse(text);
    else if ((kind === 'took' || kind === 'fired') && Number.isSafeInteger(id)) {
      listener.onTracing?.({ kind, id: id as number });
    } else if (kind === 'drew' && typeof what === 'string') listener.onTracing?.({ kind, what, value });
    else if (kind === 'done') this.#end({ kind: 'done' });
    else if (kind === 'threw' && typeof text === 'string')
      this.#end({ kind: 'threw', text, code: typeof code === 'string' ? code : undefined });
  }

  #write(frame: unknown): void {
    this.#child.stdin.write(encodeGuestFrame(frame));
  }

  #exit(): SandboxExit {
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, stderr: this.#stderr, outOfMemory: this.#group?.wasOutOfMemory ?? false };
  }

  /** What is over was ended before, and its group need not be asked. */
  #gone(): void {
    if (!this.#isOver) this.#end({ kind: 'gone', ...this.#exit() });
  }

  #end(end: SandboxEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#terminate();
    this.#cannotStart(
      new ActionError('A sandbox did not start.', {
        code: 'actions/sandbox-failed',
        fault: 'environment',
        hint: 'The details have what it said. Is bubblewrap allowed to make user namespaces here?',
        details: { stderr: this.#stderr },
      }),
    );
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onEnd(end);
  }

  /**
   * Not while bubblewrap starts: killed before its child knows that it shall die with it, it leaves a child that waits for
   * it for ever. So that is awaited, for as long as a start may take.
   */
  #terminate(): void {
    const child = this.#child;
    const kill = (): void => {
      child.kill('SIGKILL');
      for (const stream of child.stdio) stream?.destroy();
    };
    if (this.#isUp || child.exitCode !== null || child.signalCode !== null) {
      kill();
      return;
    }
    const timer = this.#clock.setTimer(SANDBOX_START_TIMEOUT_MS, kill);
    child.stdout.once('data', kill);
    child.once('close', () => timer.cancel());
  }
}

/** Behind the node: signing goes on while programs compute and sandboxes start. */
const NICE = 10;

/** Before it has started others, which inherit it. A process that is gone already has none. */
function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICE);
  } catch {
    // The sandbox works without it.
  }
}
