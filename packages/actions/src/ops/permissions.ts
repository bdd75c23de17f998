import { assertCid } from '@keymesh/protocol/cid';
import * as v from 'valibot';
import { accountField, cidField, tokenField } from './fields.ts';
import { defineOp, type Op } from './op.ts';

/** What the chain says of who may use a key: four reads of one contract, alike but for their question. */
export const permissions: readonly Op[] = [
  defineOp({
    name: 'isPermittedAddress',
    args: v.strictObject({ tokenId: tokenField, address: accountField }),
    limit: 'contractCallsMax',
    run: ({ tokenId, address }, { host }) => host.chains.isPermittedAddress(tokenId, address),
  }),
  defineOp({
    name: 'isPermittedAction',
    args: v.strictObject({ tokenId: tokenField, cid: cidField }),
    limit: 'contractCallsMax',
    run: async ({ tokenId, cid }, { host }) => {
      assertCid(cid);
      return host.chains.isPermittedAction(tokenId, cid);
    },
  }),
  defineOp({
    name: 'getPermittedAddresses',
    args: v.strictObject({ tokenId: tokenField }),
    limit: 'contractCallsMax',
    run: ({ tokenId }, { host }) => host.chains.getPermittedAddresses(tokenId),
  }),
  defineOp({
    name: 'getPermittedActions',
    args: v.strictObject({ tokenId: tokenField }),
    limit: 'contractCallsMax',
    run: ({ tokenId }, { host }) => host.chains.getPermittedActions(tokenId),
  }),
];
