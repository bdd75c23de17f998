import { personalMessageHash } from '@keymesh/protocol/sessions';
import * as v from 'valibot';
import { bytesField, keyField, nameField } from './fields.ts';
import { defineOp } from './op.ts';
import { signFor } from './sign.ts';

/** Signs a message as wallets sign texts (EIP-191, version 0x45). */
export const ethPersonalSign = defineOp({
  name: 'ethPersonalSignMessageEcdsa',
  args: v.strictObject({ message: bytesField, publicKey: keyField, sigName: nameField }),
  limit: 'signaturesMax',
  told: ({ sigName }) => sigName,
  run: ({ message, publicKey, sigName }, context) => {
    return signFor(context, sigName, {
      ...{ key: { publicKey }, scheme: 'EcdsaK256Sha256', message: personalMessageHash(message) },
      isPersonal: true,
    });
  },
});
