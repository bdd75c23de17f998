import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Abi } from 'viem';

const require = createRequire(import.meta.url);

/** The folder of this package. */
export const PACKAGE_DIR = path.resolve(import.meta.dirname, '..');

/** The contracts that are deployed, in the order of their generated exports. */
export const CONTRACT_NAMES = [
  'Directory',
  'KeymeshToken',
  'PKPNFT',
  'PKPPermissions',
  'PubkeyRouter',
  'Staking',
] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];

/**
 * Compiler settings. `cancun` runs on every chain in use; no metadata is appended, so that the bytecode depends on the
 * code alone and comments may change without a new deployment.
 */
const SETTINGS = {
  optimizer: { enabled: true, runs: 200 },
  viaIR: true,
  evmVersion: 'cancun',
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
};

/** What the compiler is asked for. Without code it takes a tenth of the time. */
const INTERFACE_OUTPUTS = ['abi', 'storageLayout'];
const CODE_OUTPUTS = ['evm.bytecode.object', 'evm.deployedBytecode.object'];

/** One compiled contract. */
export interface CompiledContract {
  readonly abi: Abi;
  /** Creation code with 0x; `0x` alone if code was not asked for. */
  readonly bytecode: `0x${string}`;
  /** Size of the code on chain, in bytes; 0 if code was not asked for. EIP-170 allows 24,576. */
  readonly deployedBytes: number;
  readonly storageLayout: StorageLayout;
}

/** The compiler's `storageLayout` output; only what is compared. */
export interface StorageLayout {
  readonly storage: readonly { label: string; slot: string; offset: number; type: string }[];
  readonly types: Readonly<Record<string, StorageType>> | null;
}

export interface StorageType {
  readonly label: string;
  readonly numberOfBytes: string;
  readonly members?: readonly { label: string; slot: string; offset: number; type: string }[];
}

interface Complaint {
  readonly severity: string;
  readonly formattedMessage: string;
  readonly sourceLocation?: { readonly file: string };
}

interface SolcOutput {
  readonly errors?: readonly Complaint[];
  readonly contracts: Record<
    string,
    Record<
      string,
      {
        abi: Abi;
        evm?: { bytecode: { object: string }; deployedBytecode: { object: string } };
        storageLayout: StorageLayout;
      }
    >
  >;
}

/** The compiler failed or warned about our sources; warnings count, because nobody reads them otherwise. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
}

/** All Solidity sources of this package by path relative to `solidity/`. */
export function readSources(): Map<string, string> {
  const root = path.join(PACKAGE_DIR, 'solidity');
  const paths = globSync('**/*.sol', { cwd: root }).sort();
  return new Map(paths.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
}

/** SHA-256 over sources, settings and the versions of compiler and OpenZeppelin. Stands in every generated file. */
export function sourceHash(): string {
  const hash = createHash('sha256');
  const parts = [
    JSON.stringify(SETTINGS),
    require('solc').version(),
    require('@openzeppelin/contracts/package.json').version,
  ];
  for (const part of [...parts, ...[...readSources()].flat()]) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex');
}

/**
 * Compiles Solidity sources. Imports of `@openzeppelin/…` come from node_modules, all others from `sources`.
 *
 * @param sources path → text
 * @param withCode false for ABI and storage layout alone
 * @returns `<path>:<contract>` → result
 * @throws CompileError with the compiler's messages; warnings about `sources` are errors too
 */
export function compile(sources: ReadonlyMap<string, string>, withCode = true): Map<string, CompiledContract> {
  const solc = require('solc');
  const outputs = withCode ? [...INTERFACE_OUTPUTS, ...CODE_OUTPUTS] : INTERFACE_OUTPUTS;
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries([...sources].map(([file, content]) => [file, { content }])),
    settings: { ...SETTINGS, outputSelection: { '*': { '*': outputs } } },
  };
  const output: SolcOutput = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
  const complaints = (output.errors ?? []).filter((error) => error.severity === 'error' || !isOfDependency(error));
  if (complaints.length > 0) throw new CompileError(complaints.map((error) => error.formattedMessage).join('\n'));
  const compiled = new Map<string, CompiledContract>();
  for (const [file, contracts] of Object.entries(output.contracts)) {
    for (const [name, contract] of Object.entries(contracts)) {
      compiled.set(`${file}:${name}`, {
        abi: contract.abi,
        bytecode: `0x${contract.evm?.bytecode.object ?? ''}`,
        deployedBytes: (contract.evm?.deployedBytecode.object.length ?? 0) / 2,
        storageLayout: contract.storageLayout,
      });
    }
  }
  return compiled;
}

/** The contracts of this package by name. */
export function compilePackage(withCode = true): Map<ContractName, CompiledContract> {
  const compiled = compile(readSources(), withCode);
  return new Map(
    CONTRACT_NAMES.map((name) => {
      const contract = compiled.get(`${name}.sol:${name}`);
      if (contract === undefined) throw new CompileError(`solidity/${name}.sol does not define ${name}`);
      return [name, contract];
    }),
  );
}

function isOfDependency(complaint: Complaint): boolean {
  return complaint.sourceLocation?.file.startsWith('@openzeppelin/') ?? false;
}

function findImport(file: string): { contents: string } | { error: string } {
  if (!file.startsWith('@openzeppelin/')) return { error: `${file} is not in this package` };
  try {
    return { contents: readFileSync(require.resolve(file), 'utf8') };
  } catch (cause) {
    return { error: String(cause) };
  }
}
