import * as v from 'valibot';
import { chainField } from './fields.ts';
import { defineOp } from './op.ts';

/** Where a chain can be asked, for the program's own requests. */
export const getRpcUrl = defineOp({
  name: 'getRpcUrl',
  args: v.strictObject({ chain: chainField }),
  limit: undefined,
  run: async ({ chain }, { host }) => host.chains.rpcUrl(chain),
});
