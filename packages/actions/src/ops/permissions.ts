import { toHex } from '@keymesh/foundation';
import { assertCid } from '@keymesh/protocol/cid';
import * as v from 'valibot';
import { accountField, bytesField, cidField, tokenField } from './fields.ts';
import { defineOp, type Op } from './op.ts';

/** Scopes have numbers below this on chain. */
const SCOPES_MAX = 256;

/** A login: its kind as a number, and who somebody is within it. */
const loginEntries = { tokenId: tokenField, type: tokenField, id: bytesField } as const;
const loginOf = ({ type, id }: { readonly type: bigint; readonly id: Uint8Array }) => ({ type, id: `0x${toHex(id)}` });

/** What the chain says of who may use a key: reads of one contract, alike but for their question. */
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
  defineOp({
    name: 'isPermittedAuthMethod',
    args: v.strictObject(loginEntries),
    limit: 'contractCallsMax',
    run: ({ tokenId, ...login }, { host }) => host.chains.isPermittedAuthMethod(tokenId, loginOf(login)),
  }),
  defineOp({
    name: 'getPermittedAuthMethods',
    args: v.strictObject({ tokenId: tokenField }),
    limit: 'contractCallsMax',
    // In the spelling that programs of the reference read.
    run: async ({ tokenId }, { host }) =>
      (await host.chains.getPermittedAuthMethods(tokenId)).map(({ type, id, userPubkey }) => ({
        auth_method_type: `0x${type.toString(16)}`,
        id,
        user_pubkey: userPubkey,
      })),
  }),
  defineOp({
    name: 'getPermittedAuthMethodScopes',
    args: v.strictObject({
      ...loginEntries,
      maxScopeId: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(SCOPES_MAX)),
    }),
    limit: 'contractCallsMax',
    run: ({ tokenId, maxScopeId, ...login }, { host }) =>
      host.chains.getPermittedAuthMethodScopes(tokenId, loginOf(login), maxScopeId),
  }),
];
