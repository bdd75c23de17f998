import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { encodeGuestFrame } from './frames.ts';

/** What `build/bundle-libraries.ts` made. */
const BUNDLES = fileURLToPath(new URL('../../dist/libraries', import.meta.url));

/**
 * What each sandbox is told before it is ready: the texts of libraries, each as the body of a function. Deno would parse
 * them twice if they were part of the file that it loads (70 ms for each sandbox); so a program that uses none of them
 * costs strings, and one that does compiles it then.
 */
export function libraryFrame(): Uint8Array {
  const ethers = createRequire(import.meta.url).resolve('ethers/dist/ethers.umd.min.js');
  const read = (path: string): string =>
    `(function (module, exports, require, Buffer, process) {\n${readFileSync(path, 'utf8')}\n})`;
  return encodeGuestFrame({
    ethers: read(ethers),
    viem: read(`${BUNDLES}/viem.js`),
    jwt: read(`${BUNDLES}/jwt.js`),
  });
}
