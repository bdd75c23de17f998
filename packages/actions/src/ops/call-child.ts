import { assertCid } from '@keymesh/protocol/cid';
import * as v from 'valibot';
import { limitExceeded } from '../errors.ts';
import { cidField } from './fields.ts';
import { defineOp } from './op.ts';

/** Runs another program in a sandbox of its own, for the same caller and within the same limits. */
export const callChild = defineOp({
  name: 'callChild',
  args: v.strictObject({ cid: cidField, params: v.record(v.string(), v.unknown()) }),
  limit: 'childrenMax',
  run: async ({ cid, params }, { host, limits, programs, runChild }) => {
    assertCid(cid);
    if (programs.length >= limits.callDepthMax) {
      throw limitExceeded('callDepthMax', limits.callDepthMax, 'programs that call each other', programs.length + 1);
    }
    return runChild(cid, await host.loadAction(cid), params);
  },
});
