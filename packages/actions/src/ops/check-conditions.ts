import * as v from 'valibot';
import { authSigField, chainField, conditionsField } from './fields.ts';
import { defineOp } from './op.ts';

/** Whether access-control conditions hold for the caller, or for a wallet whose proof the program has. */
export const checkConditions = defineOp({
  name: 'checkConditions',
  args: v.strictObject({
    conditions: conditionsField,
    chain: chainField,
    authSig: authSigField,
  }),
  limit: 'contractCallsMax',
  run: ({ conditions, ...caller }, { host, programs }) => host.checkConditions(conditions, { ...caller, programs }),
});
