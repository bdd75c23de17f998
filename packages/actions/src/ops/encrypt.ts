import * as v from 'valibot';
import { bytesField, chainField, conditionsField } from './fields.ts';
import { defineOp } from './op.ts';

/** Encrypts to conditions; whoever satisfies them can decrypt. */
export const encrypt = defineOp({
  name: 'encrypt',
  args: v.strictObject({ conditions: conditionsField, plaintext: bytesField, chain: v.exactOptional(chainField) }),
  limit: undefined,
  run: async ({ conditions, plaintext }, { host }) => host.encrypt(conditions, plaintext),
});
