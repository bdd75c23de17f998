/** The worker thread in which preparations are made, started by `ThreadedMaker`. It has no timers but those of runs. */
import * as crypto from 'node:crypto';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SecretBytes } from '@keymesh/foundation';
import { createOpenSslPrimitives, createWasmKernel } from '@keymesh/threshold/ecdsa-native';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { systemClock, systemRandom } from '../../composition/platform.ts';
import { StockMaker } from '../maker.ts';
import type { MakerEvent } from '../maker-events.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { moveOut } from './moved-preparation.ts';

/** Behind everything that answers requests. */
const NICE = 10;

const port = parentPort as NonNullable<typeof parentPort>;
const { boot } = workerData as ThreadData;

// On Linux a priority belongs to the thread; elsewhere this would slow the whole process down.
if (process.platform === 'linux') setPriority(NICE);

const maker = new StockMaker({
  curves: await loadNativeCurves(),
  primitives: createOpenSslPrimitives(crypto),
  kernel: createWasmKernel(),
  clock: systemClock,
  random: systemRandom,
  boot,
  send: (to, message) => post({ kind: 'send', to, message }),
  emit,
});

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'begin':
      return maker.begin({
        ...message.epoch,
        roots: message.epoch.roots.map((root) => ({ ...root, share: new SecretBytes(root.share) })),
      });
    case 'end':
      return maker.end();
    case 'peer-booted':
      return maker.peerBooted(message.peer, message.boot);
    case 'receive':
      return maker.receive(message.from, message.message);
    case 'make':
      return maker.make(message.order);
  }
});

function emit(event: MakerEvent): void {
  switch (event.kind) {
    case 'made': {
      const preparations = event.preparations.map(moveOut);
      const buffers = preparations.map(({ secret }) => secret.buffer);
      post({ ...event, preparations }, buffers);
      return;
    }
    case 'failed':
      post({ ...event, error: event.error.toJSON() });
      return;
    case 'pair-burnt': {
      const { error, ...rest } = event;
      post(error === undefined ? rest : { ...rest, error: error.toJSON() });
      return;
    }
    default:
      post(event);
      return;
  }
}

function post(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
