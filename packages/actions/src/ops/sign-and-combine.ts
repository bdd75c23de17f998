import * as v from 'valibot';
import { bytesField, keyField, nameField, schemeField } from './fields.ts';
import { defineOp } from './op.ts';
import { signWhole } from './sign.ts';
import { signatureText } from './signature-text.ts';

/** The whole signature, to the program on every node. */
export const signAndCombine = defineOp({
  name: 'signAndCombine',
  args: v.strictObject({ toSign: bytesField, publicKey: keyField, sigName: nameField, scheme: schemeField }),
  limit: 'signaturesMax',
  told: ({ sigName }) => sigName,
  run: async ({ toSign, publicKey, sigName, scheme }, context) =>
    signatureText(await signWhole(context, sigName, { key: { publicKey }, scheme, message: toSign })),
});
