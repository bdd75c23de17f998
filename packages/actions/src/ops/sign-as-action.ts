import * as v from 'valibot';
import { bytesField, nameField, schemeField } from './fields.ts';
import { defineOp } from './op.ts';
import { signWhole } from './sign.ts';
import { signatureText } from './signature-text.ts';

/** Signs with the program's own key: of the outermost one, so that a child cannot lend its key to whoever calls it. */
export const signAsAction = defineOp({
  name: 'signAsAction',
  args: v.strictObject({ toSign: bytesField, sigName: nameField, scheme: schemeField }),
  limit: 'signaturesMax',
  told: ({ sigName }) => sigName,
  run: async ({ toSign, sigName, scheme }, context) =>
    signatureText(await signWhole(context, sigName, { key: { own: true }, scheme, message: toSign })),
});
