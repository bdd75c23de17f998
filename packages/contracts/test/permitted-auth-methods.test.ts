import { type Address, type Hex, parseEventLogs } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KEY_SET_ID, KEY_TYPE_SECP256K1, pkpNftAbi, pkpPermissionsAbi } from '../src/index.ts';
import { type Network, startNetwork } from './network.ts';

let network: Network;
let owner: Address;
let stranger: Address;
let tokenId: bigint;
let snapshot: Hex;
beforeAll(async () => {
  network = await startNetwork();
  await network.activate(4);
  [owner, stranger] = [network.user(0), network.user(1)];
  const { logs } = await network.chain.send({
    address: network.contracts.PKPNFT,
    abi: pkpNftAbi,
    from: owner,
    functionName: 'mintNext',
    args: [KEY_TYPE_SECP256K1, KEY_SET_ID],
    value: 0n,
  } as const);
  tokenId = parseEventLogs({ abi: pkpNftAbi, logs, eventName: 'PKPMinted' })[0]?.args.tokenId as bigint;
});
afterAll(() => network.stop());
beforeEach(async () => {
  snapshot = await network.chain.client.snapshot();
});
afterEach(() => network.chain.client.revert({ id: snapshot }));

const WEBAUTHN = 3n;
const GOOGLE = 6n;
const id = (last: number): Hex => `0x${last.toString(16).padStart(64, '0')}`;
const permissions = () => ({ address: network.contracts.PKPPermissions, abi: pkpPermissionsAbi }) as const;
const add = (from: Address, authMethod: { authMethodType: bigint; id: Hex; userPubkey?: Hex }, scopes: bigint[] = []) =>
  ({
    ...permissions(),
    from,
    functionName: 'addPermittedAuthMethod',
    args: [tokenId, { userPubkey: '0x', ...authMethod }, scopes],
  }) as const;
const remove = (from: Address, type: bigint, of: Hex) =>
  ({ ...permissions(), from, functionName: 'removePermittedAuthMethod', args: [tokenId, type, of] }) as const;
const changeScope = (what: 'add' | 'remove', from: Address, of: Hex, scope: bigint) =>
  ({
    ...permissions(),
    from,
    functionName: what === 'add' ? 'addPermittedAuthMethodScope' : 'removePermittedAuthMethodScope',
    args: [tokenId, GOOGLE, of, scope],
  }) as const;
const isPermitted = (type: bigint, of: Hex) =>
  network.chain.client.readContract({
    ...permissions(),
    functionName: 'isPermittedAuthMethod',
    args: [tokenId, type, of],
  } as const);
const scopesOf = (of: Hex, count = 4n) =>
  network.chain.client.readContract({
    ...permissions(),
    functionName: 'getPermittedAuthMethodScopes',
    args: [tokenId, GOOGLE, of, count],
  } as const);
const listed = () =>
  network.chain.client.readContract({ ...permissions(), functionName: 'getPermittedAuthMethods', args: [tokenId] });

describe('permitted auth methods', () => {
  test('are given and taken by the owner, with events', async () => {
    const { logs } = await network.chain.send(add(owner, { authMethodType: GOOGLE, id: id(1) }, [1n, 2n]));
    expect(parseEventLogs({ abi: pkpPermissionsAbi, logs })).toMatchObject([
      { eventName: 'PermittedAuthMethodAdded', args: { tokenId, authMethodType: GOOGLE, id: id(1) } },
      { eventName: 'PermittedAuthMethodScopeAdded', args: { scopeId: 1n } },
      { eventName: 'PermittedAuthMethodScopeAdded', args: { scopeId: 2n } },
    ]);
    await network.chain.send(add(owner, { authMethodType: WEBAUTHN, id: id(1), userPubkey: '0xabcd' }));
    expect([await isPermitted(GOOGLE, id(1)), await isPermitted(GOOGLE, id(2))]).toEqual([true, false]);
    expect(await listed()).toEqual([
      { authMethodType: GOOGLE, id: id(1), userPubkey: '0x' },
      { authMethodType: WEBAUTHN, id: id(1), userPubkey: '0xabcd' },
    ]);
    await network.chain.send(remove(owner, GOOGLE, id(1)));
    expect([await isPermitted(GOOGLE, id(1)), await isPermitted(WEBAUTHN, id(1))]).toEqual([false, true]);
  });

  test('have scopes that come and go one by one', async () => {
    await network.chain.send(add(owner, { authMethodType: GOOGLE, id: id(1) }, [2n]));
    await network.chain.send(changeScope('add', owner, id(1), 1n));
    expect(await scopesOf(id(1))).toEqual([false, true, true, false]);
    await network.chain.send(changeScope('remove', owner, id(1), 2n));
    expect(await scopesOf(id(1))).toEqual([false, true, false, false]);
    expect(await scopesOf(id(2))).toEqual([false, false, false, false]);
    await network.chain.send(remove(owner, GOOGLE, id(1)));
    expect(await scopesOf(id(1))).toEqual([false, false, false, false]);
    await network.chain.send(add(owner, { authMethodType: GOOGLE, id: id(1) }));
    expect(await scopesOf(id(1))).toEqual([false, false, false, false]);
    await expect(scopesOf(id(1), 257n)).rejects.toThrow('ScopeTooLarge');
  });

  test('are not for others to change', async () => {
    await network.chain.send(add(owner, { authMethodType: GOOGLE, id: id(1) }));
    const { outcome } = network.chain;
    expect(await outcome(add(stranger, { authMethodType: GOOGLE, id: id(2) }))).toBe('CallerIsNotTokenOwner');
    expect(await outcome(remove(stranger, GOOGLE, id(1)))).toBe('CallerIsNotTokenOwner');
    expect(await outcome(changeScope('add', stranger, id(1), 1n))).toBe('CallerIsNotTokenOwner');
    expect(await outcome(changeScope('remove', stranger, id(1), 1n))).toBe('CallerIsNotTokenOwner');
  });

  test('refuse what names nobody, what is too long, and what is there already', async () => {
    const { outcome } = network.chain;
    const long: Hex = `0x${'11'.repeat(1025)}`;
    expect(await outcome(add(owner, { authMethodType: GOOGLE, id: '0x' }))).toBe('InvalidAuthMethod');
    expect(await outcome(add(owner, { authMethodType: GOOGLE, id: long }))).toBe('InvalidAuthMethod');
    expect(await outcome(add(owner, { authMethodType: GOOGLE, id: id(1), userPubkey: long }))).toBe(
      'InvalidAuthMethod',
    );
    expect(await outcome(add(owner, { authMethodType: GOOGLE, id: id(1) }, [256n]))).toBe('ScopeTooLarge');
    expect(await outcome(remove(owner, GOOGLE, id(1)))).toBe('AuthMethodNotPermitted');
    expect(await outcome(changeScope('add', owner, id(1), 1n))).toBe('AuthMethodNotPermitted');
    await network.chain.send(add(owner, { authMethodType: GOOGLE, id: id(1) }));
    expect(await outcome(add(owner, { authMethodType: GOOGLE, id: id(1) }))).toBe('AuthMethodAlreadyPermitted');
    expect(await outcome(changeScope('add', owner, id(1), 256n))).toBe('ScopeTooLarge');
  });

  test('end when the token changes hands, and with the token', async () => {
    await network.chain.send(add(owner, { authMethodType: GOOGLE, id: id(1) }, [1n]));
    const nft = { address: network.contracts.PKPNFT, abi: pkpNftAbi } as const;
    const transfer = { ...nft, from: owner, functionName: 'transferFrom', args: [owner, stranger, tokenId] } as const;
    await network.chain.send(transfer);
    expect([await isPermitted(GOOGLE, id(1)), await listed()]).toEqual([false, []]);
    await network.chain.send(add(stranger, { authMethodType: GOOGLE, id: id(2) }, [1n]));
    await network.chain.send({ ...nft, from: stranger, functionName: 'burn', args: [tokenId] } as const);
    expect([await isPermitted(GOOGLE, id(2)), await listed()]).toEqual([false, []]);
    expect(await scopesOf(id(2))).not.toContain(true);
  });

  test('end at 128', async () => {
    for (let i = 1; i <= 128; i += 1) await network.chain.send(add(owner, { authMethodType: GOOGLE, id: id(i) }));
    const outcome = network.chain.outcome(add(owner, { authMethodType: GOOGLE, id: id(129) }));
    expect(await outcome).toBe('TooManyPermittedAuthMethods');
  });
});
