import { SCHEMES, type Scheme } from '@keymesh/protocol/schemes';
import * as v from 'valibot';
import { ActionError } from '../errors.ts';
import type { ActionSignature, ActionSigning } from '../host.ts';
import { bytesField, keyField, nameField, schemeField } from './fields.ts';
import { defineOp, type OpContext } from './op.ts';

/** This node's part of a signature; the client combines them. */
export const sign = defineOp({
  name: 'sign',
  args: v.strictObject({ toSign: bytesField, publicKey: keyField, sigName: nameField, scheme: schemeField }),
  limit: 'signaturesMax',
  told: ({ sigName }) => sigName,
  run: ({ toSign, publicKey, sigName, scheme }, context) =>
    signFor(context, sigName, { key: { publicKey }, scheme, message: toSign }),
});

/** Signs and keeps the part for the client, under its name. @returns what authors test for. */
export async function signFor(context: OpContext, sigName: string, signing: NamelessSigning): Promise<'success'> {
  const part = await context.host.signPartially(named(context, sigName, signing));
  context.signatures.set(sigName, part);
  return 'success';
}

/** Signs, and every node has the signature. */
export function signWhole(context: OpContext, sigName: string, signing: NamelessSigning): Promise<ActionSignature> {
  return context.host.signAndCombine(named(context, sigName, signing));
}

type NamelessSigning = Omit<ActionSigning, 'name' | 'programs'>;

/** @throws ActionError `actions/bad-arguments` for an ECDSA message that has not the length of the scheme's digest. */
function named({ programs, occurrence }: OpContext, sigName: string, signing: NamelessSigning): ActionSigning {
  const { messageBytes } = SCHEMES[signing.scheme] as Scheme;
  if (messageBytes !== undefined && signing.message.length !== messageBytes) {
    throw new ActionError(
      `toSign has ${signing.message.length} bytes, and ${signing.scheme} signs a digest of ${messageBytes}.`,
      { code: 'actions/bad-arguments', fault: 'caller', hint: 'Hash the message first.' },
    );
  }
  return { ...signing, name: `${sigName}/${occurrence('signature', sigName)}`, programs };
}
