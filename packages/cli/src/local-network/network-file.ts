import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ContractAddresses } from '@keymesh/contracts';
import { CliError } from '../errors.ts';

/** Where a local network keeps everything, unless `--dir` says otherwise. */
export const DEFAULT_DIRECTORY = '.keymesh';
const FILE_NAME = 'network.json';

/** One node process of the local network. */
export interface LocalNode {
  /** `node-1` … `node-n`. */
  readonly name: string;
  /** Where clients reach it. */
  readonly url: string;
  /** The node's EVM account. */
  readonly address: string;
  /** 0 while it is not running. */
  readonly pid: number;
  readonly meshPort: number;
}

/** `network.json`: how to reach a local network, and what `up` needs to start it again. */
export interface NetworkFile {
  readonly version: 1;
  readonly rpcUrl: string;
  readonly chainId: number;
  /** 0 while it is not running. */
  readonly chainPid: number;
  readonly contracts: ContractAddresses;
  readonly nodes: readonly LocalNode[];
  /** t = ceil(2n/3). */
  readonly threshold: number;
}

/** A directory by the one name that command lines of its processes have, however a link or a relative path names it. */
export function realDirectory(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

export function networkFilePath(directory: string): string {
  return join(directory, FILE_NAME);
}

/** The file, or undefined if no network was ever created there. */
export function readNetworkFile(directory: string): NetworkFile | undefined {
  const path = networkFilePath(directory);
  if (!existsSync(path)) return undefined;
  let parsed: NetworkFile;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8')) as NetworkFile;
  } catch (cause) {
    throw new CliError(`${path} cannot be read as JSON.`, {
      code: 'cli/file',
      fault: 'environment',
      hint: 'Restore the file, or give another directory with --dir to create a new network.',
      cause,
    });
  }
  if (parsed.version !== 1) {
    throw new CliError(`${path} was written by another version of keymesh (format ${String(parsed.version)}).`, {
      code: 'cli/file',
      fault: 'caller',
      hint: 'Use the version that created it, or give another directory with --dir.',
    });
  }
  return parsed;
}

/** @throws CliError `cli/no-network` */
export function requireNetworkFile(directory: string): NetworkFile {
  const file = readNetworkFile(directory);
  if (file !== undefined) return file;
  throw new CliError(`There is no Keymesh network in ${directory}.`, {
    code: 'cli/no-network',
    fault: 'caller',
    hint: 'Create one with `keymesh up`, or name its directory with --dir.',
  });
}

/** Replaces the file in one step, so that a reader never sees half of it. */
export function writeNetworkFile(directory: string, file: NetworkFile): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = networkFilePath(directory);
  writeFileSync(`${path}.new`, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
