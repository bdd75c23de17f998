import * as v from 'valibot';
import { ActionError } from '../errors.ts';
import { chainField, conditionsField } from './fields.ts';
import { defineOp } from './op.ts';

/** Decrypts for every node that runs the program, if the conditions hold. */
export const decryptAndCombine = defineOp({
  name: 'decryptAndCombine',
  args: v.strictObject({
    conditions: conditionsField,
    ciphertext: v.pipe(v.string(), v.minLength(1)),
    dataToEncryptHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    chain: chainField,
    authSig: v.null('null: the caller’s own session decides; another proof is not supported'),
  }),
  limit: 'decryptionsMax',
  run: async ({ authSig: _, ...decryption }, { host, programs }) => {
    const plaintext = await host.decrypt({ ...decryption, programs });
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
    } catch {
      throw new ActionError('What was decrypted is no UTF-8 text.', {
        code: 'actions/bad-arguments',
        fault: 'caller',
        hint: 'Encrypt bytes as base64 if a program is to decrypt them.',
      });
    } finally {
      plaintext.fill(0);
    }
  },
});
