import { assertCid } from '@keymesh/protocol/cid';
import * as v from 'valibot';
import { bytesField, cidField, schemeField } from './fields.ts';
import { defineOp } from './op.ts';
import { readSignature } from './signature-text.ts';

/** Whether a program signed something with its own key. */
export const verifyActionSignature = defineOp({
  name: 'verifyActionSignature',
  args: v.strictObject({
    scheme: schemeField,
    cid: cidField,
    toSign: bytesField,
    signOutput: v.pipe(v.string(), v.maxLength(1_024)),
  }),
  limit: undefined,
  run: async ({ scheme, cid, toSign, signOutput }, { host }) => {
    assertCid(cid);
    return host.verifyActionSignature(cid, readSignature(scheme, signOutput), toSign);
  },
});
