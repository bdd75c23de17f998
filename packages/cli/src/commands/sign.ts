import { fromHex, KeymeshError, toHex } from '@keymesh/foundation';
import { allowSigning, createSession, endSession, findKey, SCHEME_NAMES, type SchemeName, sign } from '@keymesh/sdk';
import { CliError } from '../errors.ts';
import type { Reporter } from '../output/reporter.ts';
import { accountOf, connectTo, type NetworkOptions } from './context.ts';
import { readInput } from './files.ts';

export interface SignOptions extends NetworkOptions {
  readonly key: string;
  readonly scheme: string;
  readonly message?: string;
  readonly messageHex?: string;
  readonly file?: string;
}

/** `keymesh sign`. */
export async function signMessage(options: SignOptions, report: Reporter): Promise<void> {
  const scheme = schemeOf(options.scheme);
  const message = messageOf(options);
  const network = await connectTo(options);
  const key = await findKey(network, options.key);
  const session = await createSession(network, {
    wallet: accountOf(options),
    capabilities: [allowSigning(key.tokenId)],
  });
  try {
    const signed = await sign(network, { session, key, scheme, message });
    const value = {
      signature: `0x${toHex(signed.signature)}`,
      publicKey: `0x${toHex(signed.publicKey)}`,
      scheme,
      signers: signed.signers,
      culprits: signed.culprits,
    };
    const named = signed.culprits.map((party) => `\nnode ${party} answered with a wrong share and was replaced`);
    report.result(
      value,
      `signature   ${value.signature}\npublic key  ${value.publicKey}\nsigners     nodes ${signed.signers.join(', ')}${named.join('')}`,
    );
  } finally {
    endSession(session);
  }
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
