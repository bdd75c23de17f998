import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nobleCurves } from '@keymesh/threshold/curves';
import { withPointCache } from '@keymesh/threshold/dkg';
import { expect, it } from 'vitest';
import { SealedEpochStore } from '../../src/store/sealed-epoch-store.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { executionId, legible, MARKER, sealerOf, sharesOf } from './epoch-shares.ts';

const KILLS = 12;
const curves = withPointCache(nobleCurves);
const CHILD = join(import.meta.dirname, 'crash-child.ts');

/** Runs the child until it has worked for `lifeMs`, kills it, and gives back what it promised. */
function runAndKill(directory: string, first: number, lifeMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=keymesh:source', CHILD, directory, `${first}`]);
    let output = '';
    let errors = '';
    let armed = false;
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (armed) return;
      armed = true;
      setTimeout(() => child.kill('SIGKILL'), lifeMs);
    });
    child.on('close', (_, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`The child ended by itself: ${errors}`));
      else resolve(output.slice(0, output.lastIndexOf('\n')).split('\n'));
    });
  });
}

it(`keeps every promise through ${KILLS} kills at any point, and never has a share in clear on disk`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'keymesh-crash-'));
  try {
    let first = 0;
    let promises = 0;
    let activations = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const lines = await runAndKill(directory, first, 5 + kill * 9);
      promises += lines.length;
      for (const name of readdirSync(directory)) {
        expect(readFileSync(join(directory, name)).includes(MARKER), name).toBe(false);
      }
      const store = SqliteStore.open(directory); // the lock of the dead is gone
      const epochs = new SealedEpochStore({ store, sealer: sealerOf(1), curves });
      const said = (verb: string): number[] =>
        lines.filter((line) => line.startsWith(`${verb} `)).map((line) => Number(line.split(' ')[1]));
      const loaded = epochs.loadShares();
      const kept = loaded.map((shares) => shares.attempt);
      const [saved, activated] = [said('saved'), said('activated')];
      activations += activated.length;
      // Whole, and equal to what was saved.
      for (const shares of loaded) expect(legible(shares)).toEqual(legible(sharesOf(shares.attempt)));
      // What was saved is there, unless an activation, said or cut off, has erased it, and then all that it erases.
      const erasedBy = Math.max(-1, ...activated);
      const next = Math.max(-1, ...saved, ...kept);
      const cutOffActivation = kept.length === 1 && kept[0] === next && next % 3 === 2 ? next : -1;
      const floor = Math.max(erasedBy, cutOffActivation);
      for (const attempt of saved) expect(kept.includes(attempt)).toBe(attempt >= floor);
      if (erasedBy >= 0) expect(kept.every((attempt) => attempt >= erasedBy)).toBe(true);
      for (const attempt of said('joined')) expect(epochs.hasJoined(executionId(attempt))).toBe(attempt > floor);
      // Nothing that was never saved, in this life or an earlier one: this one may have been too short to say a word.
      expect(kept.every((attempt) => attempt <= Math.max(first - 1, ...said('joined')) + 1)).toBe(true);
      first = Math.max(first, next + 1);
      store.close();
    }
    expect(promises).toBeGreaterThan(100); // it did work
    expect(activations).toBeGreaterThan(10);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
