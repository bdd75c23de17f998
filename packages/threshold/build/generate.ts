/** Compiles the WebAssembly kernels into `src/generated`. `npm run generate -w packages/threshold`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_DIR, renderKernels } from './kernels.ts';

for (const [file, text] of await renderKernels()) {
  const target = path.join(PACKAGE_DIR, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`${file}: ${text.length} characters`);
}
