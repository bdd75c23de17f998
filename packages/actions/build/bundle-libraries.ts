import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/**
 * Makes one text of each library that programs find in their global scope and that its package does not already have as
 * one: sandboxes have no modules. They are written to `dist/`, and are part of what `npm run build` makes.
 */
const PACKAGE = path.resolve(import.meta.dirname, '..');

const COMMON: BuildOptions = {
  ...{ outdir: path.join(PACKAGE, 'dist/libraries'), logLevel: 'warning' },
  ...{ bundle: true, minify: true, format: 'cjs', target: 'es2022', legalComments: 'inline' },
  // Sloppy functions would hand their arguments to whoever finds them on the stack.
  banner: { js: '"use strict";' },
};

await Promise.all([
  build({ ...COMMON, entryPoints: [path.join(PACKAGE, 'build/viem.ts')], platform: 'browser' }),
  build({
    ...COMMON,
    entryPoints: { jwt: fileURLToPath(import.meta.resolve('jsonwebtoken')) },
    platform: 'node',
  }),
]);
