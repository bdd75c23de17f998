import { KeymeshError, type PartyIndex, Reader, Writer } from '@keymesh/foundation';
import type { Step } from '@keymesh/threshold';
import type { AbandonableProtocol } from '@keymesh/threshold/ecdsa';

/**
 * Several runs of one protocol, side by side, as one: each message carries one body for every run. They speak, wait and
 * end together because all get their messages together; the first that fails ends all.
 */
export class Lockstep<Output> implements AbandonableProtocol<readonly Output[]> {
  readonly #runs: readonly AbandonableProtocol<Output>[];
  readonly #discard: (output: Output) => void;

  /**
   * @param runs at least one, all in the same state.
   * @param discard destroys the output of a run that is done when another fails.
   */
  constructor(runs: readonly AbandonableProtocol<Output>[], discard: (output: Output) => void) {
    this.#runs = runs;
    this.#discard = discard;
  }

  poke(): Step<readonly Output[]> {
    const steps: Step<Output>[] = [];
    try {
      for (const run of this.#runs) steps.push(run.poke());
    } catch (thrown) {
      for (const step of steps) if (step.kind === 'done') this.#discard(step.output);
      throw thrown;
    }
    const [first] = steps as [Step<Output>];
    switch (first.kind) {
      case 'send': {
        const bodies = steps.map((step) => {
          if (step.kind === 'send' && step.to === first.to && step.round === first.round) return step.body;
          throw outOfStep();
        });
        return { ...first, body: new Writer().list(bodies, (writer, body) => writer.bytes(body)).finish() };
      }
      case 'wait':
        return first;
      case 'done':
        return {
          kind: 'done',
          output: steps.map((step) => {
            if (step.kind !== 'done') throw outOfStep();
            return step.output;
          }),
        };
    }
  }

  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    const reader = new Reader(body);
    const bodies = reader.list(this.#runs.length, (item) => item.bytes(body.length));
    reader.end();
    if (bodies.length !== this.#runs.length) {
      throw new KeymeshError('A message has fewer parts than its batch has items.', {
        code: 'encoding/malformed',
        fault: 'peer',
        culprits: [from],
      });
    }
    this.#runs.forEach((run, i) => {
      run.receive(from, round, bodies[i] as Uint8Array);
    });
  }

  abandon(): void {
    for (const run of this.#runs) run.abandon();
  }
}

function outOfStep(): KeymeshError {
  return new KeymeshError('The runs of a batch are in different states.', { code: 'bug/unexpected', fault: 'bug' });
}
