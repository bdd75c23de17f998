/** Compiles the contracts and writes everything that is generated from them. `npm run generate -w packages/contracts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compilePackage, PACKAGE_DIR, sourceHash } from './compile.ts';
import { renderAll } from './render.ts';

const compiled = compilePackage();
for (const [file, text] of renderAll(compiled, sourceHash())) {
  const target = path.join(PACKAGE_DIR, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}
for (const [name, contract] of compiled) console.log(`${name}: ${contract.deployedBytes} bytes`);
