import type { Clock, SerializedError } from '@keymesh/foundation';
import { KeymeshError, toKeymeshError, utf8 } from '@keymesh/foundation';
import { parseMessage } from '@keymesh/protocol/routes';
import { unpackBytes } from './bridge-values.ts';
import { Budget } from './budget.ts';
import { Calls } from './calls.ts';
import { ActionError, type ActionErrorCode, limitExceeded } from './errors.ts';
import type { Fetcher } from './fetching/fetcher.ts';
import type { ActionClaim, ActionHost, ActionPartialSignature } from './host.ts';
import {
  type ActionLimits,
  LOST_SANDBOX_RETRIES_MAX,
  SCRIPT_ERROR_CHARS_MAX,
  sandboxMemoryMiBMax,
  THROWN_CODE_CHARS_MAX,
} from './limits.ts';
import type { CountedLimit, OpContext } from './ops/op.ts';
import { OPS } from './ops/table.ts';
import { endedEvent, observed } from './recording/observed.ts';
import type { RunObserver } from './recording/recording.ts';
import type { SandboxPool } from './sandbox/pool.ts';
import type { GuestListener, Sandbox, SandboxEnd, SandboxExit } from './sandbox/sandbox.ts';
import { type ProgramSteps, Steps } from './steps.ts';

/** One program to run. */
export interface ActionProgram {
  /** The author's text. */
  readonly source: string;
  /** CIDv0 of the source. */
  readonly cid: string;
  /** The caller's parameters: `jsParams` of the program, and one global for each key. JSON. */
  readonly jsParams: Readonly<Record<string, unknown>>;
  /** Of the request, for `Lit.Headers`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface RunModules {
  readonly host: ActionHost;
  readonly pool: SandboxPool;
  readonly fetcher: Fetcher;
  readonly limits: ActionLimits;
  readonly clock: Clock;
  /** Is told everything that the run depends on. */
  readonly observer?: RunObserver | undefined;
  /** Is told each piece of the logs when it comes. */
  readonly onLog?: ((text: string) => void) | undefined;
  /** Whether an observed program stops before its first line if a debugger is attached. */
  readonly debug?: boolean;
  /** What is known already, e.g. from a recording: it is answered, and the host is not asked. */
  readonly known?: ((op: string, args: unknown) => KnownAnswer | undefined) | undefined;
}

/** An answer as a program gets it. */
export type KnownAnswer =
  | { readonly value?: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };

/** What came out of a run, well or not. */
export interface ActionOutcome {
  /** Undefined if it ended well. */
  readonly error: SerializedError | undefined;
  /** The last `setResponse`; empty without one. */
  readonly response: string;
  /** Lines of `console`. */
  readonly logs: string;
  /** By `sigName`, those of children included. None if it did not end well: a program decides at its end. */
  readonly signatures: ReadonlyMap<string, ActionPartialSignature>;
  /** By `keyId`. None if it did not end well. */
  readonly claims: ReadonlyMap<string, ActionClaim>;
  /** What the programs asked for, well or not: see `Steps`. */
  readonly steps: readonly string[];
  /** How much of each counted limit was used. */
  readonly used: Readonly<Record<CountedLimit, number>>;
}

/**
 * Runs a program to its end. A program that throws, floods or hangs is an outcome and no exception: whoever asked gets
 * its logs as well.
 * @throws ActionError `actions/overloaded`, `actions/sandbox-failed`, `actions/limit-exceeded` for text or parameters
 *   that are too long.
 */
export async function runAction(program: ActionProgram, modules: RunModules): Promise<ActionOutcome> {
  const { limits } = modules;
  assertLength(program.source, limits.codeBytesMax, 'codeBytesMax', 'bytes of code');
  assertLength(JSON.stringify(program.jsParams), limits.paramsBytesMax, 'paramsBytesMax', 'bytes of parameters');
  const run = new Run(program, modules);
  return run.outcome();
}

/** What a program and its children share. */
class Run {
  readonly #program: ActionProgram;
  readonly #modules: RunModules;
  readonly #budget: Budget;
  readonly #signatures = new Map<string, ActionPartialSignature>();
  readonly #claims = new Map<string, ActionClaim>();
  readonly #steps = new Steps();
  readonly #abort = new AbortController();
  #didSomething = false;
  #logs = '';
  #logBytes = 0;
  /** What ends the run whatever programs do: the first one counts. */
  #fatal: KeymeshError | undefined;

  constructor(program: ActionProgram, modules: RunModules) {
    this.#program = program;
    this.#modules = modules;
    this.#budget = new Budget(modules.limits);
  }

  async outcome(): Promise<ActionOutcome> {
    const { pool, host } = this.#modules;
    const { source, cid, jsParams } = this.#program;
    let response = '';
    let error: SerializedError | undefined;
    try {
      response = await pool.with(async (sandbox) => {
        // Together, and not when each has a sandbox: the first to sign would find the others silent.
        await host.begin();
        return this.#timed(() => this.#tryIn(sandbox, { source, programs: [cid], jsParams }));
      });
    } catch (thrown) {
      if (thrown instanceof ActionError && OF_THE_NODE.has(thrown.code)) throw thrown;
      error = toKeymeshError(thrown).toJSON();
    } finally {
      this.#abort.abort();
    }
    const told = { logs: this.#logs, steps: this.#steps.told, used: this.#budget.used };
    if (error !== undefined) return { error, response: '', signatures: new Map(), claims: new Map(), ...told };
    return { error, response, signatures: this.#signatures, claims: this.#claims, ...told };
  }

  /** The time of a run begins with its first line. */
  async #timed(run: () => Promise<string>): Promise<string> {
    const { clock, limits } = this.#modules;
    const { runTimeMsMax } = limits;
    const timer = clock.setTimer(runTimeMsMax, () =>
      this.#end(limitExceeded('runTimeMsMax', runTimeMsMax, 'milliseconds of run time')),
    );
    try {
      return await run();
    } finally {
      timer.cancel();
    }
  }

  /**
   * A sandbox that is lost before its program did anything is no fault of the program, which runs in another one then.
   * Never after it asked for something or said something: that would happen twice. What is written down happens once.
   */
  async #tryIn(sandbox: Sandbox, part: Part, retries = LOST_SANDBOX_RETRIES_MAX): Promise<string> {
    try {
      return await this.#runIn(sandbox, part);
    } catch (thrown) {
      const isLost = thrown instanceof ActionError && thrown.code === 'actions/no-result';
      if (!isLost || this.#didSomething || retries === 0 || this.#modules.observer !== undefined) throw thrown;
      return this.#modules.pool.with((next) => this.#tryIn(next, part, retries - 1), true);
    }
  }

  #end(error: KeymeshError): void {
    this.#fatal ??= error;
    this.#abort.abort(this.#fatal);
  }

  /** @returns what the program set as its response. */
  #runIn(sandbox: Sandbox, part: Part): Promise<string> {
    const globals = this.#globals(part);
    const observer = this.#modules.observer?.program(part.source, part.programs, globals);
    return new Promise((resolve, reject) => {
      const { signal } = this.#abort;
      const stop = (): void => {
        sandbox.kill();
        const error = this.#fatal ?? new ActionError('The run is over.', { code: 'actions/no-result', fault: 'bug' });
        observer?.on(endedEvent(error));
        reject(error);
      };
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      const steps = this.#steps.ofProgram(part.programs.length - 1);
      const calls = new Calls(sandbox, {
        perform: (op, args) => this.#perform(op, args, part, steps),
        flooded: (error) => this.#end(error),
        clock: this.#modules.clock,
        answered: observer?.answered,
      });
      let response = '';
      const listener: GuestListener = {
        onCall: (id, op, args) => {
          this.#didSomething = true;
          calls.receive(id, op, args);
        },
        onLog: (text) => this.#log(text),
        onResponse: (text) => {
          this.#didSomething = true;
          const { responseBytesMax } = this.#modules.limits;
          const { length } = utf8(text);
          if (length <= responseBytesMax) response = text;
          else this.#end(limitExceeded('responseBytesMax', responseBytesMax, 'bytes of a response', length));
        },
        onEnd: (end) => {
          signal.removeEventListener('abort', stop);
          const error = this.#errorOf(end);
          if (end.kind === 'gone' && error !== undefined) observer?.on(endedEvent(error));
          if (error === undefined) resolve(response);
          else reject(error);
        },
      };
      if (observer === undefined) sandbox.run(part.source, globals, listener);
      else sandbox.run(part.source, globals, observed(listener, observer), { debug: this.#modules.debug === true });
    });
  }

  #globals({ programs, jsParams }: Part) {
    const { host } = this.#modules;
    return { jsParams, auth: { ...host.auth, actionIpfsIdStack: programs }, headers: this.#program.headers };
  }

  async #perform(name: unknown, args: unknown, part: Part, steps: ProgramSteps): Promise<unknown> {
    const op = typeof name === 'string' ? OPS.get(name) : undefined;
    if (op === undefined) {
      throw new ActionError('The program asked for something that its node does not have.', {
        code: 'actions/unknown-op',
        fault: 'caller',
        hint: 'Use the functions of Lit.Actions.',
      });
    }
    const parsed = argumentsOf(op.name, () => parseMessage(op.args, unpackBytes(args), `call of ${op.name}`));
    steps.asked(op, parsed);
    if (op.limit !== undefined) this.#spend(op.limit);
    const known = this.#modules.known?.(op.name, args);
    const value = known === undefined ? await op.run(parsed, this.#contextOf(part)) : knownValue(known);
    steps.answered(op, parsed, value);
    return value;
  }

  /** A program that reaches a limit is over: it could catch the error and go on asking. */
  #spend(limit: CountedLimit): void {
    try {
      this.#budget.spend(limit);
    } catch (thrown) {
      this.#end(thrown as ActionError);
      throw thrown;
    }
  }

  #contextOf({ programs }: Part): OpContext {
    const { host, limits, fetcher, pool } = this.#modules;
    return {
      ...{ host, limits, fetcher, programs, signal: this.#abort.signal },
      ...{ signatures: this.#signatures, claims: this.#claims },
      occurrence: (kind, name) => this.#budget.occurrence(kind, name),
      runChild: (cid, source, jsParams) =>
        pool.with((sandbox) => this.#runIn(sandbox, { source, programs: [...programs, cid], jsParams }), true),
    };
  }

  #log(text: string): void {
    this.#didSomething = true;
    const { logBytesMax } = this.#modules.limits;
    const { length } = utf8(text);
    if (this.#logBytes + length > logBytesMax) {
      this.#end(limitExceeded('logBytesMax', logBytesMax, 'bytes of logs'));
      return;
    }
    this.#logBytes += length;
    this.#logs += text;
    this.#modules.onLog?.(text);
  }

  #errorOf(end: SandboxEnd): KeymeshError | undefined {
    if (this.#fatal !== undefined) return this.#fatal;
    switch (end.kind) {
      case 'done':
        return undefined;
      case 'threw':
        return new ActionError(end.text.slice(0, SCRIPT_ERROR_CHARS_MAX), {
          code: 'actions/script-error',
          fault: 'caller',
          hint: 'The program threw this. Positions are in its own text.',
          ...(end.code === undefined ? {} : { details: { thrown: end.code.slice(0, THROWN_CODE_CHARS_MAX) } }),
        });
      case 'gone':
        return this.#goneError(end);
    }
  }

  #goneError({ stderr, code, signal, outOfMemory }: SandboxExit): ActionError {
    const { heapMiBMax } = this.#modules.limits;
    if (/heap out of memory|heap limit|out of memory/i.test(stderr)) {
      return limitExceeded('heapMiBMax', heapMiBMax, 'mebibytes of heap');
    }
    if (outOfMemory) {
      const memoryMiBMax = sandboxMemoryMiBMax(this.#modules.limits);
      return limitExceeded('memoryMiBMax', memoryMiBMax, 'mebibytes of memory, array buffers included');
    }
    return new ActionError('The program’s process ended without a result.', {
      code: 'actions/no-result',
      fault: 'caller',
      hint: 'It used more memory or processor time than the machine gives it, or wrote to its own channel.',
      details: { exit: signal ?? String(code ?? 'unknown') },
    });
  }
}

/** One program of a run. */
interface Part {
  readonly source: string;
  /** CIDs from the outermost program to this one. */
  readonly programs: readonly string[];
  readonly jsParams: Readonly<Record<string, unknown>>;
}

function knownValue(known: KnownAnswer): unknown {
  if (!('error' in known)) return unpackBytes(known.value);
  throw new ActionError(known.error.message, {
    code: known.error.code as ActionErrorCode,
    fault: 'caller',
    hint: 'The recording says so.',
  });
}

/** These are no outcome of a program. */
const OF_THE_NODE: ReadonlySet<string> = new Set(['actions/overloaded', 'actions/sandbox-failed']);

/** What a program sees when it calls wrongly is about its call, and not about our wire. */
function argumentsOf<T>(op: string, parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    const reason = thrown instanceof KeymeshError ? thrown.message : `The call of ${op} cannot be read.`;
    throw new ActionError(reason, {
      code: 'actions/bad-arguments',
      fault: 'caller',
      hint: 'Compare the arguments with the documentation of the function.',
    });
  }
}

function assertLength(text: string, bytesMax: number, limit: string, what: string): void {
  const { length } = utf8(text);
  if (length > bytesMax) throw limitExceeded(limit, bytesMax, what, length);
}
