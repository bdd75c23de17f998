#!/usr/bin/env node
// Plain JavaScript for any Node from 20 on: nodes need the built-in SQLite of Node 24, so with an older Node this hands
// over to the Node 24 that `npm ci` brought (optional dependencies `node-<platform>-<arch>` of the repository's root).
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';

const NODE_MAJOR_MIN = 24;

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  // Not a named import: older versions of Node, which take the other branch, do not have it.
  module.enableCompileCache();
  const { main } = await import('../dist/main.js');
  await main(process.argv.slice(2));
} else {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  let binary;
  try {
    binary = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/bin/node`);
  } catch {
    process.stderr.write(
      `keymesh needs Node ${NODE_MAJOR_MIN} or newer, and this is ${process.version}. Run \`npm ci\` in the repository, which brings one, or install Node ${NODE_MAJOR_MIN}.\n`,
    );
    process.exit(1);
  }
  const child = spawn(binary, process.argv.slice(1), { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself (same process group); other signals are passed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
