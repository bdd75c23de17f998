/**
 * A process to be killed: saves shares and activates them, over and over, and says on its standard output what a
 * method call that returned has promised. Started by crash.test.ts.
 */
import { writeSync } from 'node:fs';
import { nobleCurves } from '@keymesh/threshold/curves';
import { withPointCache } from '@keymesh/threshold/dkg';
import { decodePublicKeyPackage, encodePublicKeyPackage } from '@keymesh/threshold/public-key-package';
import { SealedEpochStore } from '../../src/store/sealed-epoch-store.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { executionId, sealerOf, sharesOf } from './epoch-shares.ts';

const [directory = '', first = '0'] = process.argv.slice(2);
const store = SqliteStore.open(directory);
// Decoding costs a multiple of what the store does, and it is the store that is to be killed.
const curves = withPointCache(nobleCurves);
decodePublicKeyPackage(curves, encodePublicKeyPackage(sharesOf(0).publicKeyPackage));
const epochs = new SealedEpochStore({ store, sealer: sealerOf(1), curves });
const say = (line: string): number => writeSync(1, `${line}\n`);

say('ready');
for (let attempt = Number(first); ; attempt++) {
  epochs.recordJoined(executionId(attempt));
  say(`joined ${attempt}`);
  epochs.saveShares(sharesOf(attempt));
  say(`saved ${attempt}`);
  if (attempt % 3 === 2) {
    epochs.activateShares(executionId(attempt));
    say(`activated ${attempt}`);
  }
}
