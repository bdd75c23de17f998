import type { Clock, PartyIndex } from '@keymesh/foundation';
import type { Curves } from '@keymesh/threshold/curves';
import type { SeededRandom } from '../engine/seeded-random.ts';
import {
  type MakerEpoch,
  type MakerEvent,
  type MakerPort,
  type MovedPreparation,
  moveIn,
  moveOut,
  type PreparationOrder,
  type RunningMaker,
} from '../node-parts.ts';

/** A busy thread reads its messages so late. Milliseconds. */
const DELAY_MS_MAX = 8;

export interface QueuedMakerModules {
  readonly clock: Clock;
  readonly delays: SeededRandom;
  readonly curves: Curves;
  /** Makes what runs behind the queue. */
  readonly create: (port: MakerPort) => Omit<RunningMaker, 'stop'>;
  /** Told of each preparation on its way. */
  readonly onMoved: (moved: MovedPreparation) => void;
}

/**
 * A maker as in production behind the message port of its thread: everything in both directions is late and in order,
 * so that what it made can cross the news that makes it worthless, and preparations travel as bytes.
 */
export class QueuedMaker implements RunningMaker {
  readonly #maker: Omit<RunningMaker, 'stop'>;
  readonly #toThread: (run: () => void) => void;
  #isStopped = false;

  constructor(port: MakerPort, { clock, delays, curves, create, onMoved }: QueuedMakerModules) {
    this.#toThread = queue(clock, delays);
    const fromThread = queue(clock, delays);
    const deliver = (run: () => void): void =>
      fromThread(() => {
        if (!this.#isStopped) run();
      });
    this.#maker = create({
      boot: port.boot,
      send: (to, message) => deliver(() => port.send(to, message)),
      emit: (event) => deliver(moved(event, { curves, onMoved, emit: port.emit })),
    });
  }

  begin(epoch: MakerEpoch): void {
    this.#toThread(() => this.#maker.begin(epoch));
  }
  end(): void {
    this.#toThread(() => this.#maker.end());
  }
  peerBooted(peer: PartyIndex, boot: Uint8Array): void {
    this.#toThread(() => this.#maker.peerBooted(peer, boot));
  }
  receive(from: PartyIndex, message: Uint8Array): void {
    this.#toThread(() => this.#maker.receive(from, message));
  }
  make(order: PreparationOrder): void {
    this.#toThread(() => this.#maker.make(order));
  }
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#maker.end();
  }
}

function queue(clock: Clock, delays: SeededRandom): (run: () => void) => void {
  let lastAt = 0;
  return (run) => {
    lastAt = Math.max(lastAt, clock.now() + delays.integer(0, DELAY_MS_MAX));
    clock.setTimer(lastAt - clock.now(), run);
  };
}

/** Empties the preparations now, and fills them again when the event arrives. */
function moved(
  event: MakerEvent,
  { curves, onMoved, emit }: Pick<QueuedMakerModules, 'curves' | 'onMoved'> & Pick<MakerPort, 'emit'>,
): () => void {
  if (event.kind !== 'made') return () => emit(event);
  const preparations = event.preparations.map(moveOut);
  for (const preparation of preparations) onMoved(preparation);
  return () => emit({ ...event, preparations: preparations.map((preparation) => moveIn(preparation, curves)) });
}
