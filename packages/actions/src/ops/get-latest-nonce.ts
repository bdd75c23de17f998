import * as v from 'valibot';
import { accountField, chainField } from './fields.ts';
import { defineOp } from './op.ts';

/** Transactions of an account so far, as hex: the nonce of its next one. */
export const getLatestNonce = defineOp({
  name: 'getLatestNonce',
  args: v.strictObject({ address: accountField, chain: chainField }),
  limit: 'contractCallsMax',
  run: async ({ address, chain }, { host }) => `0x${(await host.chains.latestNonce(chain, address)).toString(16)}`,
});
