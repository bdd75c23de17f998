import * as v from 'valibot';
import { chainField, conditionsField } from './fields.ts';
import { defineOp } from './op.ts';

/** Whether access-control conditions hold for the caller. */
export const checkConditions = defineOp({
  name: 'checkConditions',
  args: v.strictObject({
    conditions: conditionsField,
    chain: chainField,
    authSig: v.null('null: the caller’s own session decides; another proof is not supported'),
  }),
  limit: 'contractCallsMax',
  run: ({ conditions, chain }, { host, programs }) => host.checkConditions(conditions, chain, programs),
});
