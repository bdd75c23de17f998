import { scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, type RandomSource, SecretBytes, toHex } from '@keymesh/foundation';
import * as v from 'valibot';
import { NodeError } from '../errors.ts';
import { PASSPHRASE_CHARACTERS_MIN } from '../limits.ts';
import { makePrivateDirectory, writePrivateFile } from './private-files.ts';
import { corruptedRow, SEALING_KEY_BYTES, ShareSealer } from './share-sealer.ts';

/** In the data directory: how the key is made from a passphrase. Not secret. Absent when the key file holds a key. */
export const SEALING_PARAMETERS_FILE_NAME = 'sealing.json';

const KEY_HEX = /^(?:0x)?[0-9a-f]{64}$/i;
const SALT_BYTES = 16;
/** scrypt (RFC 7914) with 128 MiB; OWASP's first choice of parameters. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 };
const SCRYPT_MEMORY_BYTES_MAX = 256 * 1024 * 1024;

const ParametersSchema = v.strictObject({
  version: v.literal(1),
  kdf: v.literal('scrypt'),
  N: v.picklist([SCRYPT.N]),
  r: v.picklist([SCRYPT.r]),
  p: v.picklist([SCRYPT.p]),
  salt: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
});

/**
 * The sealer of a data directory. The key file holds 32 bytes as hex, or a passphrase of at least
 * `PASSPHRASE_CHARACTERS_MIN` characters, from which scrypt makes the key (about half a second).
 * @throws NodeError `store/sealing-key-unusable`, `store/corrupted-row` for damaged parameters. A wrong key shows when
 *   something is opened.
 */
export function loadSealer(
  options: { readonly keyFile: string; readonly directory: string },
  modules: { readonly random: RandomSource },
): ShareSealer {
  const text = readKeyFile(options.keyFile);
  if (KEY_HEX.test(text)) return new ShareSealer(new SecretBytes(fromHex(text)), modules);
  if ([...text].length < PASSPHRASE_CHARACTERS_MIN) {
    throw unusable(
      options.keyFile,
      `holds neither 64 hex digits nor a passphrase of ${PASSPHRASE_CHARACTERS_MIN} characters`,
    );
  }
  const salt = loadSalt(options.directory, modules.random);
  const key = scryptSync(text.normalize('NFKC'), salt, SEALING_KEY_BYTES, {
    ...SCRYPT,
    maxmem: SCRYPT_MEMORY_BYTES_MAX,
  });
  return new ShareSealer(new SecretBytes(key), modules);
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw unusable(path, 'cannot be read', cause);
  }
}

/** The salt that the directory was made with; a new one for a new directory, durable before anything is sealed with it. */
function loadSalt(directory: string, random: RandomSource): Uint8Array {
  const path = join(directory, SEALING_PARAMETERS_FILE_NAME);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (!isMissing(cause)) throw corruptedRow(path, cause);
    const salt = random(SALT_BYTES);
    makePrivateDirectory(directory);
    writePrivateFile(path, `${JSON.stringify({ version: 1, kdf: 'scrypt', ...SCRYPT, salt: toHex(salt) })}\n`);
    return salt;
  }
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), ParametersSchema), text);
  if (!result.success) throw corruptedRow(path);
  return fromHex(result.output.salt);
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}

function unusable(path: string, reason: string, cause?: unknown): NodeError {
  return new NodeError(`The sealing key file ${path} ${reason}.`, {
    code: 'store/sealing-key-unusable',
    fault: 'caller',
    hint: 'Make one with: openssl rand -hex 32. Keep a copy elsewhere: without it the shares in the data directory are lost.',
    details: { path },
    cause,
  });
}
