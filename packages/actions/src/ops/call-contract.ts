import * as v from 'valibot';
import { chainField } from './fields.ts';
import { defineOp } from './op.ts';

/** `eth_call` with what an unsigned transaction says. */
export const callContract = defineOp({
  name: 'callContract',
  args: v.strictObject({
    chain: chainField,
    txn: v.pipe(v.string(), v.regex(/^0x(?:[0-9a-fA-F]{2})+$/), v.maxLength(262_144)),
  }),
  limit: 'contractCallsMax',
  run: ({ chain, txn }, { host }) => host.chains.callContract(chain, txn),
});
