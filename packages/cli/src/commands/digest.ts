import { SCHEMES, type SchemeName } from '@keymesh/sdk';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { CliError } from '../errors.ts';

/** What `--hash` takes. `none`: the input is the digest. */
const HASHES = {
  keccak256: keccak_256,
  sha256,
  sha384,
  none: (digest: Uint8Array) => digest,
} as const satisfies Record<string, (message: Uint8Array) => Uint8Array>;

type HashName = keyof typeof HASHES;

/** Digests of 32 bytes, and of 48 on P-384. */
const DEFAULT_HASH: Readonly<Record<number, HashName>> = { 32: 'sha256', 48: 'sha384' };

/** What is signed, and how the message became it. */
export interface Digest {
  readonly input: Uint8Array;
  /** Only where the scheme signs digests. */
  readonly hash?: HashName;
}

/**
 * What `sign` takes for a message: of a scheme of ECDSA its hash, by default that of the scheme's name.
 * @throws CliError `cli/usage`
 */
export function digestFor(scheme: SchemeName, message: Uint8Array, hashName: string | undefined): Digest {
  const { messageBytes } = SCHEMES[scheme];
  if (messageBytes === undefined) {
    if (hashName === undefined) return { input: message };
    throw usage(`${scheme} hashes the message by itself.`, 'Leave --hash out; it is for schemes of ECDSA.');
  }
  const hash = hashName === undefined ? (DEFAULT_HASH[messageBytes] as HashName) : hashOf(hashName);
  const input = HASHES[hash](message);
  if (input.length === messageBytes) return { input, hash };
  throw usage(
    `${scheme} signs ${messageBytes} bytes, and ${hash === 'none' ? 'the input has' : `${hash} gives`} ${input.length}.`,
    `Choose another --hash, or give a digest of ${messageBytes} bytes with --hash none.`,
  );
}

function hashOf(text: string): HashName {
  if (Object.hasOwn(HASHES, text)) return text as HashName;
  throw usage(`There is no hash ${text}.`, `The hashes are ${Object.keys(HASHES).join(', ')}.`);
}

function usage(message: string, hint: string): CliError {
  return new CliError(message, { code: 'cli/usage', fault: 'caller', hint });
}
