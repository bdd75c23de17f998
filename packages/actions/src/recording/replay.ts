import type { Clock, Timer } from '@keymesh/foundation';
import { REPLAY_SILENCE_MS_MAX } from '../limits.ts';
import type { GuestDraw, Sandbox, SandboxEnd } from '../sandbox/sandbox.ts';
import { threwEvent } from './observed.ts';
import type { RecordedEvent, RecordedProgram } from './recording.ts';

/** Whether a run that was repeated did the same, event by event. */
export type ReplayOutcome =
  | { readonly isSame: true; readonly events: number }
  | {
      readonly isSame: false;
      /** Events that were the same before. */
      readonly at: number;
      /** What the recording has next; undefined if it has nothing more. */
      readonly expected: RecordedEvent | undefined;
      /** What the program did instead; undefined if it did nothing any more. */
      readonly got: RecordedEvent | undefined;
    };

/**
 * Runs one recorded program again, without a network: it draws what it drew then, and gets its answers, and its timers go
 * off, when they did then. Its process is the sandbox's own, and is killed at the end.
 * @param debug whether it stops before its first line, and may take as long as somebody looks at it.
 */
export async function replay(
  program: RecordedProgram,
  { sandbox, clock, debug = false }: { readonly sandbox: Sandbox; readonly clock: Clock; readonly debug?: boolean },
): Promise<ReplayOutcome> {
  await sandbox.ready;
  try {
    return await new Promise<ReplayOutcome>((resolve) => {
      new Replay(program, { sandbox, clock, debug, done: resolve }).begin();
    });
  } finally {
    sandbox.kill();
  }
}

interface ReplayModules {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly debug: boolean;
  readonly done: (outcome: ReplayOutcome) => void;
}

class Replay {
  readonly #program: RecordedProgram;
  readonly #modules: ReplayModules;
  #at = 0;
  #silence: Timer | undefined;

  constructor(program: RecordedProgram, modules: ReplayModules) {
    this.#program = program;
    this.#modules = modules;
  }

  begin(): void {
    const { source, globals, events } = this.#program;
    const { sandbox, debug } = this.#modules;
    const draws: GuestDraw[] = events.flatMap((event) =>
      event.kind === 'drew' ? [{ what: event.what, value: event.value }] : [],
    );
    const listener = {
      onCall: (id: number, op: unknown, args: unknown) => this.#see({ kind: 'call', id, op: String(op), args }),
      onLog: (text: string) => this.#see({ kind: 'log', text }),
      onResponse: (text: string) => this.#see({ kind: 'response', text }),
      onTracing: (said: { kind: 'took' | 'fired'; id: number } | ({ kind: 'drew' } & GuestDraw)) => this.#see(said),
      onEnd: (end: SandboxEnd) => this.#over(end),
    };
    sandbox.run(source, globals, listener, { draws, debug });
    this.#next();
  }

  #see(event: RecordedEvent): void {
    const expected = this.#program.events[this.#at];
    if (isSame(expected, event)) {
      this.#at += 1;
      this.#next();
    } else this.#differs(event);
  }

  /** What the host did then, it does now; for what the program did it waits. */
  #next(): void {
    this.#silence?.cancel();
    const { events } = this.#program;
    const { sandbox, clock, debug, done } = this.#modules;
    const event = events[this.#at];
    if (event?.kind === 'ended') {
      done({ isSame: true, events: events.length });
      return;
    }
    if (event?.kind === 'took') sandbox.answer(event.id, answerOf(event));
    if (event?.kind === 'fired') sandbox.fire(event.id);
    if (!debug) this.#silence = clock.setTimer(REPLAY_SILENCE_MS_MAX, () => this.#differs(undefined));
  }

  #over(end: SandboxEnd): void {
    const last: RecordedEvent | undefined =
      end.kind === 'gone' ? undefined : end.kind === 'done' ? { kind: 'done' } : threwEvent(end);
    const { events } = this.#program;
    if (last === undefined || !isSame(events[this.#at], last)) {
      this.#differs(last);
      return;
    }
    this.#silence?.cancel();
    this.#modules.done({ isSame: true, events: events.length });
  }

  #differs(got: RecordedEvent | undefined): void {
    this.#silence?.cancel();
    this.#modules.done({ isSame: false, at: this.#at, expected: this.#program.events[this.#at], got });
  }
}

function answerOf(event: RecordedEvent & { readonly kind: 'took' }): Parameters<Sandbox['answer']>[1] {
  const { error, value } = event;
  if (error === undefined) return { value };
  return { error: { code: error.code, message: error.message, fault: 'caller' } };
}

/** Of a taken answer only that it was taken: its value is the recording's own. */
function isSame(expected: RecordedEvent | undefined, got: RecordedEvent): boolean {
  if (expected?.kind === 'took' && got.kind === 'took') return expected.id === got.id;
  return JSON.stringify(expected) === JSON.stringify(got);
}
