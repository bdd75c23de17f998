import { RUN_STEP_CHARS_MAX, RUN_STEPS_MAX } from '@keymesh/protocol/limits';
import type { Op } from './ops/op.ts';
import { beginsAlone } from './ops/run-once.ts';

/**
 * What the programs of a run asked their node for, op by op: with it the client finds where nodes part. It is told to
 * whoever runs the program, and so has names only, and nothing that a program may have computed from a secret.
 */
export class Steps {
  readonly #told: string[] = [];

  /** The first ones. @see RUN_STEPS_MAX */
  get told(): readonly string[] {
    return this.#told;
  }

  /** Those of one program. @param depth how many programs called it. */
  ofProgram(depth: number): ProgramSteps {
    const indent = '> '.repeat(depth);
    return new ProgramSteps((step) => {
      if (this.#told.length < RUN_STEPS_MAX) this.#told.push(`${indent}${step}`.slice(0, RUN_STEP_CHARS_MAX));
    });
  }
}

export class ProgramSteps {
  readonly #tell: (step: string) => void;
  /** What the leader of `runOnce` does until it gives its result, the others do not: it is no parting. */
  #isLeading = false;

  constructor(tell: (step: string) => void) {
    this.#tell = tell;
  }

  asked(op: Op, args: unknown): void {
    if (op.name === 'runOnceEnd') this.#isLeading = false;
    if (this.#isLeading) return;
    const name = op.told?.(args);
    this.#tell(name === undefined ? op.name : `${op.name} ${name}`);
  }

  answered(op: Op, args: unknown, value: unknown): void {
    if (beginsAlone(op.name, args, value)) this.#isLeading = true;
  }
}
