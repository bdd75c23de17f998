import {
  allowDecryption,
  type Conditions,
  createSession,
  decrypt,
  type Encrypted,
  encrypt,
  endSession,
} from '@keymesh/sdk';
import { CliError } from '../errors.ts';
import type { Reporter } from '../output/reporter.ts';
import { accountOf, connectTo, type NetworkOptions } from './context.ts';
import { readInput, readJson, writeOutput } from './files.ts';

/** Names under which conditions may be given; a bare array's kind is told by its shape. */
const FIELDS = ['accessControlConditions', 'evmContractConditions', 'unifiedAccessControlConditions'] as const;

export interface EncryptOptions extends NetworkOptions {
  readonly conditions: string;
  readonly in?: string;
  readonly out?: string;
}

/** `keymesh encrypt`: reads the data from --in or standard input. */
export async function encryptData(options: EncryptOptions, report: Reporter): Promise<void> {
  const conditions = readConditions(options.conditions);
  const data = readInput(options.in);
  const network = await connectTo(options);
  const encrypted = await encrypt(network, { ...conditions, data });
  if (options.out === undefined) {
    report.result(encrypted, JSON.stringify(encrypted));
    return;
  }
  writeOutput(options.out, `${JSON.stringify(encrypted)}\n`);
  const { dataToEncryptHash } = encrypted;
  report.result({ out: options.out, dataToEncryptHash }, `Encrypted ${data.length} bytes to ${options.out}.`);
}

export interface DecryptOptions extends NetworkOptions {
  readonly in?: string;
  readonly out?: string;
}

/** `keymesh decrypt`: reads what `encrypt` wrote from --in or standard input. */
export async function decryptData(options: DecryptOptions, report: Reporter): Promise<void> {
  const encrypted = readEncrypted(options.in);
  const network = await connectTo(options);
  const session = await createSession(network, { wallet: accountOf(options), capabilities: [allowDecryption('*')] });
  try {
    const { data, signers, culprits } = await decrypt(network, { ...encrypted, session });
    if (options.out !== undefined) {
      writeOutput(options.out, data);
      report.result({ out: options.out, bytes: data.length, signers, culprits }, `Decrypted to ${options.out}.`);
      return;
    }
    if (!report.json) {
      process.stdout.write(data);
      return;
    }
    const dataBase64 = Buffer.from(data).toString('base64');
    report.result({ ...textOf(data), dataBase64, signers, culprits }, '');
  } finally {
    endSession(session);
  }
}

/** The data as a text, if it is one. */
function textOf(data: Uint8Array): { readonly data?: string } {
  try {
    return { data: new TextDecoder('utf-8', { fatal: true }).decode(data) };
  } catch {
    return {};
  }
}

function readConditions(path: string): Conditions {
  const value = readJson(path);
  if (Array.isArray(value)) return { [fieldOf(value)]: value } as Conditions;
  const fields = FIELDS.filter((field) => typeof value === 'object' && value !== null && field in value);
  const [field] = fields;
  if (field !== undefined && fields.length === 1) {
    return { [field]: (value as Record<string, unknown>)[field] } as Conditions;
  }
  throw new CliError(`${path} holds no conditions.`, {
    code: 'cli/file',
    fault: 'caller',
    hint: `Give an array of conditions, or an object with one of ${FIELDS.join(', ')}.`,
  });
}

/** Only conditions of one kind hash the same under any of the names, so the narrowest name that fits is right. */
function fieldOf(items: readonly unknown[]): (typeof FIELDS)[number] {
  const kinds = new Set(kindsOf(items));
  if (kinds.size > 1) return 'unifiedAccessControlConditions';
  return kinds.has('evmContract') ? 'evmContractConditions' : 'accessControlConditions';
}

function kindsOf(items: readonly unknown[]): ('evmBasic' | 'evmContract')[] {
  return items.flatMap((item) => {
    if (Array.isArray(item)) return kindsOf(item);
    if (typeof item !== 'object' || item === null || 'operator' in item) return [];
    return ['functionAbi' in item ? 'evmContract' : 'evmBasic'];
  });
}

function readEncrypted(path: string | undefined): Encrypted {
  const value = readJson(path);
  if (typeof value === 'object' && value !== null && 'ciphertext' in value && 'dataToEncryptHash' in value) {
    return value as Encrypted;
  }
  throw new CliError('The input is not what `keymesh encrypt` writes.', {
    code: 'cli/file',
    fault: 'caller',
    hint: 'It must be a JSON object with ciphertext, dataToEncryptHash and the conditions.',
  });
}
