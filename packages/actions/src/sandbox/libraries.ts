import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { encodeGuestFrame } from './frames.ts';

/**
 * What each sandbox is told before it is ready: the text of `ethers`, as the body of a function. Deno would parse it
 * twice if it were part of the file that it loads (70 ms for each sandbox); so a program that does not use it costs a
 * string, and one that does compiles it then.
 */
export function libraryFrame(): Uint8Array {
  const path = createRequire(import.meta.url).resolve('ethers/dist/ethers.umd.min.js');
  return encodeGuestFrame({ ethers: `(function (module, exports) {\n${readFileSync(path, 'utf8')}\n})` });
}
