/** Child processes of the pipeline. Plain JavaScript: it starts under whatever Node the machine has (20 or newer). */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const NODE_MAJOR_MIN = 24;

/**
 * The Node that everything runs in: the one `npm ci` brought, or this one where no package exists for the platform. It
 * is looked up in its package, because npm 10 loses the link in .bin when packages of several platforms have one.
 */
export function projectNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const local = join(ROOT, 'node_modules', `node-${platform}-${process.arch}`, 'bin', binary);
  if (existsSync(local)) return local;
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  throw new Error(
    `Node ${NODE_MAJOR_MIN} is needed and ${local} does not exist. Run "npm ci" without --omit=optional, or install Node ${NODE_MAJOR_MIN}.`,
  );
}

/** The environment of every child: commands of node_modules first, so that `node` is the project's. */
export function childEnvironment() {
  return { ...process.env, PATH: [dirname(projectNode()), BIN, process.env.PATH ?? ''].join(delimiter) };
}

/**
 * Runs a command to its end. @returns its exit code (1 when a signal ended it) and, with `capture`, its standard output.
 * @param {string} command @param {readonly string[]} args @param {{ capture?: boolean }} [options]
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: childEnvironment(),
      stdio: ['ignore', options.capture ? 'pipe' : 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
