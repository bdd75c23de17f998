import { SCHEMES, type Scheme } from '@keymesh/protocol/schemes';
import * as v from 'valibot';
import { ActionError } from '../errors.ts';
import type { ActionSigning } from '../host.ts';
import { bytesField, keyField, nameField, schemeField } from './fields.ts';
import { defineOp, type OpContext } from './op.ts';

/** This node's part of a signature; the client combines them. */
export const sign = defineOp({
  name: 'sign',
  args: v.strictObject({ toSign: bytesField, publicKey: keyField, sigName: nameField, scheme: schemeField }),
  limit: 'signaturesMax',
  run: ({ toSign, publicKey, sigName, scheme }, context) =>
    signFor(context, sigName, { publicKey, scheme, message: toSign }),
});

/** Signs and keeps the part for the client, under its name. @returns what authors test for. */
export async function signFor(
  { host, programs, signatures, occurrence }: OpContext,
  sigName: string,
  signing: Omit<ActionSigning, 'name' | 'programs'>,
): Promise<'success'> {
  const { messageBytes } = SCHEMES[signing.scheme] as Scheme;
  if (messageBytes !== undefined && signing.message.length !== messageBytes) {
    throw new ActionError(
      `toSign has ${signing.message.length} bytes, and ${signing.scheme} signs a digest of ${messageBytes}.`,
      { code: 'actions/bad-arguments', fault: 'caller', hint: 'Hash the message first.' },
    );
  }
  const name = `${sigName}/${occurrence('signature', sigName)}`;
  signatures.set(sigName, await host.signPartially({ ...signing, name, programs }));
  return 'success';
}
