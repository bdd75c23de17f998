import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { concatBytes, utf8, Writer } from '@keymesh/foundation';

/** What `build/bundle-libraries.ts` made. */
const BUNDLES = fileURLToPath(new URL('../../dist/libraries', import.meta.url));

/**
 * What each sandbox is told before it is ready: the texts of `ethers`, `viem` and `jwt`, each with its length (u32) before
 * it, as the body of a function. Deno would parse them twice if they were part of the file that it loads (70 ms for each
 * sandbox), and a frame of JSON is parsed too (10 ms): so they stay bytes until a program uses one.
 */
export function libraryFrame(): Uint8Array {
  const ethers = createRequire(import.meta.url).resolve('ethers/dist/ethers.umd.min.js');
  const texts = [ethers, `${BUNDLES}/viem.js`, `${BUNDLES}/jwt.js`].map((path) =>
    utf8(`(function (module, exports, require, Buffer, process) {\n${readFileSync(path, 'utf8')}\n})`),
  );
  return concatBytes(...texts.flatMap((text) => [new Writer().u32(text.length).finish(), text]));
}
