import type { SerializedError } from '@keymesh/foundation';
import { RECORDING_CHARS_MAX } from '../limits.ts';
import type { GuestGlobals } from '../sandbox/sandbox.ts';
import type { ProgramObserver, RecordedEvent, RecordedProgram, Recording, RunObserver } from './recording.ts';

/** Writes down one node's run. */
export class Recorder implements RunObserver {
  readonly #runs: RecordedProgram[] = [];
  #chars = 0;

  /** Undefined if the run was too long to be kept. */
  get recording(): Recording | undefined {
    return this.#chars > RECORDING_CHARS_MAX ? undefined : { version: 1, runs: this.#runs };
  }

  program(source: string, programs: readonly string[], globals: GuestGlobals): ProgramObserver {
    const events: RecordedEvent[] = [];
    const { jsParams, auth, headers } = globals;
    this.#keep({ source, globals });
    this.#runs.push({
      ...{ source, programs: [...programs], events },
      globals: { jsParams, auth, headers: headers.map(([name, value]) => [name, value]) },
    });
    const answers = new Map<number, { readonly value: unknown } | { readonly error: SerializedError }>();
    return {
      answered: (id, answer) => answers.set(id, answer),
      on: (event) => {
        const whole: RecordedEvent = event.kind === 'took' ? { ...event, ...answerOf(answers.get(event.id)) } : event;
        if (this.#keep(whole)) events.push(whole);
      },
    };
  }

  /** Whether there is still room. Nothing is kept beyond it, so that a run cannot fill the node's memory. */
  #keep(value: unknown): boolean {
    if (this.#chars <= RECORDING_CHARS_MAX) this.#chars += JSON.stringify(value)?.length ?? 0;
    return this.#chars <= RECORDING_CHARS_MAX;
  }
}

function answerOf(answer: { readonly value: unknown } | { readonly error: SerializedError } | undefined) {
  if (answer === undefined) return {};
  if ('value' in answer) return answer.value === undefined ? {} : { value: answer.value };
  const { code, message } = answer.error;
  return { error: { code, message } };
}
