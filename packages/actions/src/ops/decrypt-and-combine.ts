import * as v from 'valibot';
import { ActionError } from '../errors.ts';
import { authSigField, chainField, conditionsField } from './fields.ts';
import { defineOp, type Op } from './op.ts';

const args = v.strictObject({
  conditions: conditionsField,
  ciphertext: v.pipe(v.string(), v.minLength(1)),
  dataToEncryptHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  chain: chainField,
  authSig: authSigField,
});

/** Decrypts for every node that runs the program, if the conditions hold. */
export const decryptAndCombine = decryption('decryptAndCombine', false);

/** Decrypts for one node alone; the program gets the empty text on the others. */
export const decryptToSingleNode = decryption('decryptToSingleNode', true);

function decryption(name: string, only: boolean): Op {
  return defineOp({
    name,
    args,
    limit: 'decryptionsMax',
    run: async (asked, { host, programs }) => {
      const plaintext = await host.decrypt({ ...asked, programs }, only);
      return plaintext === undefined ? '' : readText(plaintext);
    },
  });
}

/** The bytes are wiped; the text is the program's. @throws ActionError `actions/bad-arguments` */
function readText(plaintext: Uint8Array): string {
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
}
