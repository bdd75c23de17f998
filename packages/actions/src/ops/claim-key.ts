import * as v from 'valibot';
import { nameField } from './fields.ts';
import { defineOp } from './op.ts';

/**
 * This node's word that the program claims a key, for the client: with the words of enough nodes somebody can mint it
 * later. A program has its own names for keys, so that none can claim another's.
 */
export const claimKey = defineOp({
  name: 'claimKey',
  args: v.strictObject({ keyId: nameField }),
  limit: 'signaturesMax',
  told: ({ keyId }) => keyId,
  run: async ({ keyId }, { host, programs, claims }) => {
    claims.set(keyId, await host.claimKey(programs.at(-1) ?? '', keyId));
    return undefined;
  },
});
