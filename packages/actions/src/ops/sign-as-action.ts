import { isSchemeOf } from '@keymesh/protocol/schemes';
import * as v from 'valibot';
import { ActionError } from '../errors.ts';
import { bytesField, nameField, schemeField } from './fields.ts';
import { defineOp } from './op.ts';
import { signWhole } from './sign.ts';
import { signatureText } from './signature-text.ts';

/** Signs with the program's own key: of the outermost one, so that a child cannot lend its key to whoever calls it. */
export const signAsAction = defineOp({
  name: 'signAsAction',
  args: v.strictObject({ toSign: bytesField, sigName: nameField, scheme: schemeField }),
  limit: 'signaturesMax',
  run: async ({ toSign, sigName, scheme }, context) => {
    // All programs would share one BLS key: this network's BLS keys have no children.
    if (isSchemeOf('bls', scheme)) throw noOwnKey(scheme);
    return signatureText(await signWhole(context, sigName, { key: { own: true }, scheme, message: toSign }));
  },
});

function noOwnKey(scheme: string): ActionError {
  return new ActionError(`A program has no key of its own for ${scheme}.`, {
    code: 'actions/bad-arguments',
    fault: 'caller',
    hint: 'Use an ECDSA or Schnorr scheme.',
  });
}
