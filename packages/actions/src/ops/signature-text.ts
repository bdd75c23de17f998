import { concatBytes, fromHex, toHex } from '@keymesh/foundation';
import { isSchemeOf, type SchemeName } from '@keymesh/protocol/schemes';
import * as v from 'valibot';
import { ActionError } from '../errors.ts';
import type { ActionSignature } from '../host.ts';

/** Bytes that say whether y is even or odd, as in a compressed point. */
const PARITY = ['02', '03'] as const;

/**
 * A whole signature as programs of the reference get it. ECDSA: JSON with `r` behind the parity byte of its point, `s` and
 * `v`, hex without `0x`; authors cut the first two digits of `r` off. Others: hex with `0x`.
 */
export function signatureText({ scheme, signature, recoveryId = 0 }: ActionSignature): string {
  if (!isSchemeOf('ecdsa', scheme)) return `0x${toHex(signature)}`;
  const half = signature.length / 2;
  const r = `${PARITY[recoveryId % 2]}${toHex(signature.subarray(0, half))}`;
  return JSON.stringify({ r, s: toHex(signature.subarray(half)), v: recoveryId });
}

const ecdsaText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    r: v.pipe(v.string(), v.regex(/^0[23](?:[0-9a-f]{2})+$/)),
    s: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})+$/)),
  }),
);

/** The inverse. @throws ActionError `actions/bad-arguments` */
export function readSignature(scheme: SchemeName, text: string): ActionSignature {
  if (isSchemeOf('ecdsa', scheme)) {
    const read = v.safeParse(ecdsaText, text);
    if (read.success)
      return { scheme, signature: concatBytes(fromHex(read.output.r.slice(2)), fromHex(read.output.s)) };
  } else if (/^0x(?:[0-9a-f]{2})+$/.test(text)) {
    return { scheme, signature: fromHex(text.slice(2)) };
  }
  throw new ActionError(`This is no signature of ${scheme} as signAsAction gives it.`, {
    code: 'actions/bad-arguments',
    fault: 'caller',
    hint: 'Pass signOutput unchanged.',
  });
}
