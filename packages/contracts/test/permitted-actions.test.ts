import { type Address, type Hex, parseEventLogs } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KEY_SET_ID, KEY_TYPE_SECP256K1, pkpNftAbi, pkpPermissionsAbi } from '../src/index.ts';
import { type Network, startNetwork } from './network.ts';

let network: Network;
let owner: Address;
let friend: Address;
let tokenId: bigint;
let snapshot: Hex;
beforeAll(async () => {
  network = await startNetwork();
  await network.activate(4);
  [owner, friend] = [network.user(0), network.user(1)];
  const { logs } = await network.chain.send({
    ...nft(),
    from: owner,
    functionName: 'mintNext',
    args: [KEY_TYPE_SECP256K1, KEY_SET_ID],
    value: 0n,
  });
  tokenId = parseEventLogs({ abi: pkpNftAbi, logs, eventName: 'PKPMinted' })[0]?.args.tokenId as bigint;
});
afterAll(() => network.stop());
beforeEach(async () => {
  snapshot = await network.chain.client.snapshot();
});
afterEach(() => network.chain.client.revert({ id: snapshot }));

const nft = () => ({ address: network.contracts.PKPNFT, abi: pkpNftAbi }) as const;
const permissions = () => ({ address: network.contracts.PKPPermissions, abi: pkpPermissionsAbi }) as const;
/** The multihash behind a CIDv0. */
const cid = (last: number): Hex => `0x1220${last.toString(16).padStart(64, '0')}`;
const add = (from: Address, action: Hex, scopes: readonly bigint[] = [1n], token = tokenId) =>
  ({ ...permissions(), from, functionName: 'addPermittedAction', args: [token, action, scopes] }) as const;
const remove = (from: Address, action: Hex) =>
  ({ ...permissions(), from, functionName: 'removePermittedAction', args: [tokenId, action] }) as const;
const isPermitted = (action: Hex, token = tokenId) =>
  network.chain.client.readContract({ ...permissions(), functionName: 'isPermittedAction', args: [token, action] });
const listed = (token = tokenId) =>
  network.chain.client.readContract({ ...permissions(), functionName: 'getPermittedActions', args: [token] });

describe('permitted actions', () => {
  test('are given and taken by the owner, with events', async () => {
    expect([await isPermitted(cid(1)), await listed()]).toEqual([false, []]);
    const added = await network.chain.send(add(owner, cid(1)));
    expect(parseEventLogs({ abi: pkpPermissionsAbi, logs: added.logs })).toMatchObject([
      { eventName: 'PermittedActionAdded', args: { tokenId, ipfsCID: cid(1), scopes: [1n] } },
    ]);
    await network.chain.send(add(owner, cid(2)));
    expect([await isPermitted(cid(1)), await isPermitted(cid(3))]).toEqual([true, false]);
    expect(await listed()).toEqual([cid(1), cid(2)]);
    const removed = await network.chain.send(remove(owner, cid(1)));
    expect(parseEventLogs({ abi: pkpPermissionsAbi, logs: removed.logs })).toMatchObject([
      { eventName: 'PermittedActionRemoved', args: { tokenId, ipfsCID: cid(1) } },
    ]);
    expect([await isPermitted(cid(1)), await listed()]).toEqual([false, [cid(2)]]);
  });

  test('are not for others to change, a permitted address included', async () => {
    await network.chain.send(add(owner, cid(1)));
    await network.chain.send({
      ...{ ...permissions(), from: owner, functionName: 'addPermittedAddress', args: [tokenId, friend, [1n]] },
    } as const);
    expect(await network.chain.outcome(add(friend, cid(2)))).toBe('CallerIsNotTokenOwner');
    expect(await network.chain.outcome(remove(friend, cid(1)))).toBe('CallerIsNotTokenOwner');
    expect(await network.chain.outcome(add(owner, cid(1), [1n], 12345n))).toBe('CallerIsNotTokenOwner');
  });

  test('refuse what is no CID, what permits nothing, and what is there already', async () => {
    const { outcome } = network.chain;
    for (const bad of [
      '0x',
      '0x1220',
      `${cid(1)}00`,
      `0x1240${'00'.repeat(32)}`,
      `0x1120${'00'.repeat(32)}`,
    ] as const) {
      expect(await outcome(add(owner, bad))).toBe('InvalidCid');
    }
    expect(await outcome(add(owner, cid(1), []))).toBe('NoScopes');
    expect(await outcome(add(owner, cid(1), [1n, 3n]))).toBe('UnsupportedScope');
    expect(await outcome(remove(owner, cid(1)))).toBe('ActionNotPermitted');
    await network.chain.send(add(owner, cid(1)));
    expect(await outcome(add(owner, cid(1)))).toBe('ActionAlreadyPermitted');
  });

  test('end when the token changes hands, and with the token', async () => {
    await network.chain.send(add(owner, cid(1)));
    const transfer = { ...nft(), from: owner, functionName: 'transferFrom', args: [owner, friend, tokenId] } as const;
    await network.chain.send(transfer);
    expect([await isPermitted(cid(1)), await listed()]).toEqual([false, []]);
    await network.chain.send(add(friend, cid(2)));
    await network.chain.send({ ...nft(), from: friend, functionName: 'burn', args: [tokenId] } as const);
    expect([await isPermitted(cid(2)), await listed(), await isPermitted(cid(2), 9n)]).toEqual([false, [], false]);
  });

  test('have scopes, and an owner has all of them', async () => {
    const scopesOf = (action: Hex) =>
      network.chain.client.readContract({
        ...permissions(),
        functionName: 'getPermittedActionScopes',
        args: [tokenId, action, 4n],
      });
    const scopesOfUser = (user: Address) =>
      network.chain.client.readContract({
        ...permissions(),
        functionName: 'getPermittedAddressScopes',
        args: [tokenId, user, 4n],
      });
    const permit = (scopes: readonly bigint[]) =>
      ({
        ...permissions(),
        from: owner,
        functionName: 'addPermittedAddress',
        args: [tokenId, friend, scopes],
      }) as const;
    await network.chain.send(add(owner, cid(1), [2n]));
    await network.chain.send(permit([2n]));
    expect(await scopesOf(cid(1))).toEqual([false, false, true, false]);
    expect(await scopesOf(cid(2))).toEqual([false, false, false, false]);
    expect(await scopesOfUser(friend)).toEqual([false, false, true, false]);
    expect(await scopesOfUser(owner)).toEqual([false, true, true, false]);
    // What was taken away must not come back with what is given next.
    await network.chain.send(remove(owner, cid(1)));
    await network.chain.send(add(owner, cid(1), [1n]));
    expect(await scopesOf(cid(1))).toEqual([false, true, false, false]);
    await network.chain.send({ ...nft(), from: owner, functionName: 'burn', args: [tokenId] } as const);
    expect([await scopesOfUser(owner), await scopesOf(cid(1))].flat()).not.toContain(true);
  });

  test('bind a key for ever, and nobody else can have it', async () => {
    const bind = (action: Hex) =>
      ({
        ...nft(),
        from: owner,
        functionName: 'mintGrantAndBurnNext',
        args: [KEY_TYPE_SECP256K1, KEY_SET_ID, action],
        value: 0n,
      }) as const;
    expect(await network.chain.outcome(bind('0x1220'))).toBe('InvalidActionCid');
    const { logs } = await network.chain.send(bind(cid(7)));
    const bound = parseEventLogs({ abi: pkpNftAbi, logs, eventName: 'PKPBound' })[0]?.args;
    const token = bound?.tokenId as bigint;
    expect(bound?.ipfsCID).toBe(cid(7));
    expect([await isPermitted(cid(7), token), await isPermitted(cid(8), token)]).toEqual([true, false]);
    expect([await listed(token), await listed()]).toEqual([[cid(7)], []]);
    const scopes = { ...permissions(), functionName: 'getPermittedActionScopes', args: [token, cid(7), 3n] } as const;
    expect(await network.chain.client.readContract(scopes)).toEqual([false, true, true]);
    expect(await network.chain.outcome(add(owner, cid(8), [1n], token))).toBe('CallerIsNotTokenOwner');
    const address = { ...permissions(), functionName: 'isPermittedAddress', args: [token, owner] } as const;
    expect(await network.chain.client.readContract(address)).toBe(false);
  });

  test('end at 128', async () => {
    for (let i = 1; i <= 128; i += 1) await network.chain.send(add(owner, cid(i)));
    expect(await network.chain.outcome(add(owner, cid(129)))).toBe('TooManyPermittedActions');
    expect(await listed()).toHaveLength(128);
  });
});
