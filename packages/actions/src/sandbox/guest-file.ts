import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const GUEST = new URL('../../guest/guest.js', import.meta.url);

/**
 * The one file that a sandbox loads: the guest, and in front of it `ethers` as the body of a function. So it costs the
 * start only a glance of the parser, and a program that does not use it nothing more.
 *
 * @param directory where the file is written, under its hash; nobody else may write there. Made if it does not exist.
 * @returns the path.
 */
export function composeGuestFile(directory: string): string {
  const ethers = readFileSync(createRequire(import.meta.url).resolve('ethers/dist/ethers.umd.min.js'), 'utf8');
  const text = `const ethersFactory = function (module, exports) {\n${ethers}\n};\n${readFileSync(GUEST, 'utf8')}`;
  const hash = createHash('sha256').update(text).digest('hex');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `guest-${hash.slice(0, 16)}.js`);
  // Written anew each time, and put in place as a whole: nobody runs half of it, or what an earlier release left there.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
  return path;
}
