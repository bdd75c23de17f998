import { fromHex, KeymeshError, toHex } from '@keymesh/foundation';
import {
  allowSigning,
  createSession,
  endSession,
  findKey,
  SCHEME_NAMES,
  type SchemeName,
  type SignResult,
  sign,
} from '@keymesh/sdk';
import { CliError } from '../errors.ts';
import type { Reporter } from '../output/reporter.ts';
import { accountOf, connectTo, type NetworkOptions } from './context.ts';
import { digestFor } from './digest.ts';
import { readInput } from './files.ts';

export interface SignOptions extends NetworkOptions {
  readonly key: string;
  readonly scheme: string;
  readonly message?: string;
  readonly messageHex?: string;
  readonly file?: string;
  readonly hash?: string;
}

/** `keymesh sign`. */
export async function signMessage(options: SignOptions, report: Reporter): Promise<void> {
  const scheme = schemeOf(options.scheme);
  const { input, hash } = digestFor(scheme, messageOf(options), options.hash);
  const network = await connectTo(options);
  const key = await findKey(network, options.key);
  const session = await createSession(network, {
    wallet: accountOf(options),
    capabilities: [allowSigning(key.tokenId)],
  });
  try {
    const signed = await sign(network, { session, key, scheme, message: input });
    const value = {
      signature: `0x${toHex(signed.signature)}`,
      ...partsOf(signed),
      publicKey: `0x${toHex(signed.publicKey)}`,
      scheme,
      ...(hash === undefined ? {} : { hash, digest: `0x${toHex(input)}` }),
      signers: signed.signers,
      culprits: signed.culprits,
    };
    report.result(value, signatureText(value));
  } finally {
    endSession(session);
  }
}

/** r, s and the recovery id of ECDSA. */
function partsOf({ signature, recoveryId }: SignResult): { r: string; s: string; recoveryId: number } | undefined {
  if (recoveryId === undefined) return undefined;
  const half = signature.length / 2;
  return { r: `0x${toHex(signature.subarray(0, half))}`, s: `0x${toHex(signature.subarray(half))}`, recoveryId };
}

function signatureText(
  value: Readonly<Pick<SignResult, 'signers' | 'culprits' | 'recoveryId'>> &
    Readonly<Record<'signature' | 'publicKey', string>> &
    Readonly<Partial<Record<'r' | 's' | 'hash' | 'digest', string>>>,
): string {
  const { signature, r, s, recoveryId, publicKey, hash, digest, signers, culprits } = value;
  return [
    ...(hash === undefined ? [] : [`digest      ${digest} (${hash === 'none' ? 'as given' : hash})`]),
    `signature   ${signature}`,
    ...(recoveryId === undefined ? [] : [`r           ${r}`, `s           ${s}`, `recovery id ${recoveryId}`]),
    `public key  ${publicKey}`,
    `signers     nodes ${signers.join(', ')}`,
    ...culprits.map((party) => `node ${party} lied and was replaced`),
  ].join('\n');
}

function schemeOf(text: string): SchemeName {
  const scheme = SCHEME_NAMES.find((name) => name.toLowerCase() === text.toLowerCase());
  if (scheme !== undefined) return scheme;
  throw new CliError(`There is no signature scheme ${text}.`, {
    code: 'cli/usage',
    fault: 'caller',
    hint: `The schemes are ${SCHEME_NAMES.join(', ')}.`,
  });
}

function messageOf({ message, messageHex, file }: SignOptions): Uint8Array {
  const given = [message, messageHex, file].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new CliError('Exactly one message is needed.', {
      code: 'cli/usage',
      fault: 'caller',
      hint: 'Give one of --message <text>, --message-hex <hex> and --file <path>.',
    });
  }
  if (message !== undefined) return new TextEncoder().encode(message);
  if (file !== undefined) return readInput(file);
  try {
    return fromHex(messageHex as string);
  } catch (cause) {
    if (!(cause instanceof KeymeshError)) throw cause;
    throw new CliError('--message-hex is not hexadecimal.', { code: 'cli/usage', fault: 'caller', ...hintOf(cause) });
  }
}

function hintOf(error: KeymeshError): { readonly hint?: string } {
  return error.hint === undefined ? {} : { hint: error.hint };
}
