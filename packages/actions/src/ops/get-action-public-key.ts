import { toHex } from '@keymesh/foundation';
import { assertCid } from '@keymesh/protocol/cid';
import * as v from 'valibot';
import { cidField, schemeField } from './fields.ts';
import { defineOp } from './op.ts';

/** The key that belongs to a program itself. Anybody's may be asked for. */
export const getActionPublicKey = defineOp({
  name: 'getActionPublicKey',
  args: v.strictObject({ scheme: schemeField, cid: cidField }),
  limit: undefined,
  run: async ({ scheme, cid }, { host }) => {
    assertCid(cid);
    return `0x${toHex(host.actionPublicKey(cid, scheme))}`;
  },
});
