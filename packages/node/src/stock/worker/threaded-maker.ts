import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KeymeshError, type PartyIndex, type SerializedError } from '@keymesh/foundation';
import type { Curves } from '@keymesh/threshold/curves';
import { makerEnded } from '../maker-errors.ts';
import type { Maker, MakerEpoch, MakerEvent, PreparationOrder } from '../maker-events.ts';
import type { FromThread, MovedEpoch, ThreadData, ToThread } from './messages.ts';
import { moveIn } from './moved-preparation.ts';

export interface ThreadedMakerModules {
  readonly curves: Curves;
  /** This node's boot, as peers see it. 16 bytes. */
  readonly boot: Uint8Array;
  readonly send: (to: PartyIndex, message: Uint8Array) => void;
  readonly emit: (event: MakerEvent) => void;
  /** The thread ended by itself: a defect. */
  readonly onFatal: (thrown: unknown) => void;
}

/** The maker in a worker thread of lower priority, so that its arithmetic never holds up a request. */
export class ThreadedMaker implements Maker {
  readonly #worker: Worker;
  readonly #modules: ThreadedMakerModules;
  #isStopping = false;

  constructor(modules: ThreadedMakerModules) {
    this.#modules = modules;
    // The compiled module beside the compiled one, the source beside the source.
    const extension = extname(import.meta.url);
    const data: ThreadData = { boot: modules.boot };
    this.#worker = new Worker(new URL(`./thread${extension}`, import.meta.url), {
      workerData: data,
      ...(extension === '.ts' ? { execArgv: ['--conditions=keymesh:source'] } : {}),
    });
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (thrown) => modules.onFatal(thrown));
    this.#worker.on('exit', (code) => {
      if (!this.#isStopping) modules.onFatal(makerEnded(code));
    });
  }

  begin(epoch: MakerEpoch): void {
    const roots = epoch.roots.map(({ name, commitments, share }) => {
      const bytes = share.expose((own) => new Uint8Array(own));
      share.wipe();
      return { name, commitments, share: bytes };
    });
    const moved: MovedEpoch = { ...epoch, roots };
    this.#post(
      { kind: 'begin', epoch: moved },
      roots.map(({ share }) => share.buffer),
    );
  }

  end(): void {
    this.#post({ kind: 'end' });
  }

  peerBooted(peer: PartyIndex, boot: Uint8Array): void {
    this.#post({ kind: 'peer-booted', peer, boot });
  }

  receive(from: PartyIndex, message: Uint8Array): void {
    this.#post({ kind: 'receive', from, message });
  }

  make(order: PreparationOrder): void {
    this.#post({ kind: 'make', order });
  }

  /** Ends the thread; its memory goes with it. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#worker.terminate();
  }

  #post(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromThread): void {
    const { send, emit, curves } = this.#modules;
    switch (message.kind) {
      case 'send':
        send(message.to, message.message);
        return;
      case 'made':
        emit({ ...message, preparations: message.preparations.map((moved) => moveIn(moved, curves)) });
        return;
      case 'failed':
        emit({ ...message, error: revive(message.error) });
        return;
      case 'pair-burnt': {
        const { error, ...rest } = message;
        emit(error === undefined ? rest : { ...rest, error: revive(error) });
        return;
      }
      default:
        emit(message);
        return;
    }
  }
}

function revive({ message, ...options }: SerializedError): KeymeshError {
  return new KeymeshError(message, options);
}
