import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  type Address,
  bytesToHex,
  encodeAbiParameters,
  type Hex,
  hexToBytes,
  keccak256,
  parseEventLogs,
  zeroHash,
} from 'viem';
import { publicKeyToAddress } from 'viem/utils';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KEY_SET_ID, KEY_TYPE_SECP256K1, pkpNftAbi, pkpPermissionsAbi, pubkeyRouterAbi } from '../src/index.ts';
import { type Network, ROOT_SECRET, rootKeys, startNetwork } from './network.ts';

let network: Network;
let snapshot: `0x${string}`;
beforeAll(async () => {
  network = await startNetwork();
});
afterAll(() => network.stop());
beforeEach(async () => {
  snapshot = await network.chain.client.snapshot();
});
afterEach(() => network.chain.client.revert({ id: snapshot }));

const nft = () => ({ address: network.contracts.PKPNFT, abi: pkpNftAbi }) as const;
const router = () => ({ address: network.contracts.PubkeyRouter, abi: pubkeyRouterAbi }) as const;
const permissions = () => ({ address: network.contracts.PKPPermissions, abi: pkpPermissionsAbi }) as const;
const mintCall = (from: Address, keyType = KEY_TYPE_SECP256K1, keySetId: string = KEY_SET_ID, value = 0n) =>
  ({ ...nft(), from, functionName: 'mintNext', args: [keyType, keySetId], value }) as const;

async function mint(from: Address): Promise<{ tokenId: bigint; pubkey: Hex }> {
  const { logs } = await network.chain.send(mintCall(from));
  const event = parseEventLogs({ abi: pkpNftAbi, logs, eventName: 'PKPMinted' })[0];
  if (event === undefined) throw new Error('no PKPMinted');
  expect(event.address.toLowerCase()).toBe(network.contracts.PKPNFT.toLowerCase());
  return event.args;
}

/** The child of the tests' root, from its secret. */
function childOf(keyId: Hex): Hex {
  const DST = 'LIT_HD_KEY_ID_K256_XMD:SHA-256_SSWU_RO_NUL_';
  const order = secp256k1.Point.Fn.ORDER;
  const options = { DST, p: order, m: 1, k: 128, expand: 'xmd', hash: sha256 } as const;
  const h = hash_to_field(hexToBytes(keyId), 1, options)[0]![0]!;
  return bytesToHex(secp256k1.Point.BASE.multiply((ROOT_SECRET + h) % order).toBytes(false));
}

describe('minting', () => {
  test('needs root keys', async () => {
    await network.lock(4);
    expect(await network.chain.outcome(mintCall(network.user(0)))).toBe('RootKeysNotSet');
  });

  test('gives the derived key, its token and its address in one transaction', async () => {
    await network.activate(4);
    const minter = network.user(0);
    for (const mintCount of [0n, 1n]) {
      const { tokenId, pubkey } = await mint(minter);
      const keyId = keccak256(
        encodeAbiParameters(
          [{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'uint256' }],
          [31337n, network.contracts.PKPNFT, minter, mintCount],
        ),
      );
      expect(pubkey).toBe(childOf(keyId));
      expect(tokenId).toBe(BigInt(keccak256(pubkey)));
      const read = network.chain.client.readContract;
      const ethAddress = publicKeyToAddress(pubkey);
      expect(await read({ ...router(), functionName: 'keyIdOf', args: [tokenId] })).toBe(keyId);
      expect(await read({ ...router(), functionName: 'getPubkey', args: [tokenId] })).toBe(pubkey);
      expect(await read({ ...router(), functionName: 'getEthAddress', args: [tokenId] })).toBe(ethAddress);
      expect(await read({ ...router(), functionName: 'ethAddressToPkpId', args: [ethAddress] })).toBe(tokenId);
      expect(await read({ ...router(), functionName: 'deriveEthAddressFromPubkey', args: [pubkey] })).toBe(ethAddress);
      const derived = [network.contracts.Staking, KEY_SET_ID, keyId] as const;
      expect(await read({ ...router(), functionName: 'getDerivedPubkey', args: derived })).toBe(pubkey);
      expect(await read({ ...nft(), functionName: 'ownerOf', args: [tokenId] })).toBe(minter);
      const listed = await read({ ...nft(), functionName: 'tokenOfOwnerByIndex', args: [minter, mintCount] });
      expect(listed).toBe(tokenId);
    }
  });

  test('gives every minter keys of its own, whatever others mint meanwhile', async () => {
    await network.activate(4);
    const alone = await network.chain.client.snapshot();
    const expected = await mint(network.user(0));
    await network.chain.client.revert({ id: alone });
    const other = await mint(network.user(1));
    expect(await mint(network.user(0))).toEqual(expected);
    expect(other.tokenId).not.toBe(expected.tokenId);
  });

  test('refuses other key types and key sets', async () => {
    await network.activate(4);
    expect(await network.chain.outcome(mintCall(network.user(0), 1n))).toBe('UnsupportedKeyType');
    expect(await network.chain.outcome(mintCall(network.user(0), 2n, 'naga-keyset1'))).toBe('RootKeysNotSet');
  });

  test('takes the exact price, and the proceeds go where the owner says', async () => {
    await network.activate(4);
    const owner = network.account(0);
    await network.chain.send({ ...nft(), from: owner, functionName: 'setMintCost', args: [10n] });
    const minter = network.user(0);
    for (const value of [0n, 9n, 11n]) {
      expect(await network.chain.outcome(mintCall(minter, 2n, KEY_SET_ID, value))).toBe('WrongPayment');
    }
    await network.chain.send(mintCall(minter, 2n, KEY_SET_ID, 10n));
    const to = `0x${'77'.repeat(20)}` as const;
    const withdraw = (from: Address, target: Address) =>
      ({ ...nft(), from, functionName: 'withdrawProceeds', args: [target] }) as const;
    expect(await network.chain.outcome(withdraw(minter, to))).toBe('OwnableUnauthorizedAccount');
    // Staking takes no ether.
    expect(await network.chain.outcome(withdraw(owner, network.contracts.Staking))).toBe('WithdrawalFailed');
    await network.chain.send(withdraw(owner, to));
    expect(await network.chain.client.getBalance({ address: to })).toBe(10n);
    const setCost = { ...nft(), from: minter, functionName: 'setMintCost', args: [0n] } as const;
    expect(await network.chain.outcome(setCost)).toBe('OwnableUnauthorizedAccount');
  });
});

describe('PubkeyRouter', () => {
  test('lets only staking set root keys and only PKPNFT register keys', async () => {
    const from = network.account(0);
    const set = { ...router(), from, functionName: 'setRootKeys', args: [KEY_SET_ID, rootKeys()] } as const;
    expect(await network.chain.outcome(set)).toBe('CallerIsNotStaking');
    const register = { ...router(), from, functionName: 'registerKey', args: [KEY_SET_ID, zeroHash] } as const;
    expect(await network.chain.outcome(register)).toBe('CallerIsNotPKPNFT');
  });

  test('never changes root keys, not even for staking', async () => {
    await network.activate(4);
    const { client, outcome } = network.chain;
    await client.impersonateAccount({ address: network.contracts.Staking });
    const set = (keySetId: string) =>
      ({
        ...router(),
        from: network.contracts.Staking,
        functionName: 'setRootKeys',
        args: [keySetId, rootKeys(5n)],
      }) as const;
    expect(await outcome(set(KEY_SET_ID))).toBe('RootKeysAlreadySet');
    expect(await outcome(set('another'))).toBe('ok');
  });

  test('says what it does not know', async () => {
    const read = network.chain.client.readContract;
    for (const functionName of ['getPubkey', 'getEthAddress', 'keyIdOf'] as const) {
      await expect(read({ ...router(), functionName, args: [1n] })).rejects.toThrow(/KeyNotFound/);
    }
    expect(await read({ ...router(), functionName: 'ethAddressToPkpId', args: [network.user(0)] })).toBe(0n);
    const derived = (staking: Address) =>
      read({ ...router(), functionName: 'getDerivedPubkey', args: [staking, KEY_SET_ID, zeroHash] });
    await expect(derived(network.contracts.Staking)).rejects.toThrow(/RootKeysNotSet/);
    await expect(derived(network.user(0))).rejects.toThrow(/UnknownStaking/);
    for (const pubkey of [
      '0x',
      `0x02${'11'.repeat(32)}`,
      `0x02${'11'.repeat(64)}`,
      `0x04${'11'.repeat(65)}`,
    ] as const) {
      const address = read({ ...router(), functionName: 'deriveEthAddressFromPubkey', args: [pubkey] });
      await expect(address).rejects.toThrow(/InvalidPubkey/);
    }
  });
});

describe('permissions', () => {
  let owner: Address;
  let friend: Address;
  let stranger: Address;
  let tokenId: bigint;
  beforeEach(async () => {
    await network.activate(4);
    [owner, friend, stranger] = [network.user(0), network.user(1), network.user(2)];
    tokenId = (await mint(owner)).tokenId;
  });
  const add = (from: Address, user: Address, scopes: readonly bigint[] = [1n], token = tokenId) =>
    ({ ...permissions(), from, functionName: 'addPermittedAddress', args: [token, user, scopes] }) as const;
  const remove = (from: Address, user: Address) =>
    ({ ...permissions(), from, functionName: 'removePermittedAddress', args: [tokenId, user] }) as const;
  const transfer = (from: Address, to: Address) =>
    ({ ...nft(), from, functionName: 'transferFrom', args: [from, to, tokenId] }) as const;
  const isPermitted = (user: Address, token = tokenId) =>
    network.chain.client.readContract({ ...permissions(), functionName: 'isPermittedAddress', args: [token, user] });
  const listed = (token = tokenId) =>
    network.chain.client.readContract({ ...permissions(), functionName: 'getPermittedAddresses', args: [token] });

  test('belong to the owner alone at first', async () => {
    expect(await isPermitted(owner)).toBe(true);
    expect(await isPermitted(friend)).toBe(false);
    expect(await listed()).toEqual([owner]);
  });

  test('are given and taken by the owner, with events', async () => {
    const added = await network.chain.send(add(owner, friend));
    expect(parseEventLogs({ abi: pkpPermissionsAbi, logs: added.logs })).toMatchObject([
      { eventName: 'PermittedAddressAdded', args: { tokenId, user: friend, scopes: [1n] } },
    ]);
    expect(await isPermitted(friend)).toBe(true);
    expect(await isPermitted(stranger)).toBe(false);
    expect(await listed()).toEqual([owner, friend]);
    const removed = await network.chain.send(remove(owner, friend));
    expect(parseEventLogs({ abi: pkpPermissionsAbi, logs: removed.logs })).toMatchObject([
      { eventName: 'PermittedAddressRemoved', args: { tokenId, user: friend } },
    ]);
    expect(await isPermitted(friend)).toBe(false);
    expect(await listed()).toEqual([owner]);
  });

  test('are not for others to change, a permitted address included', async () => {
    await network.chain.send(add(owner, friend));
    for (const from of [friend, stranger]) {
      expect(await network.chain.outcome(add(from, stranger))).toBe('CallerIsNotTokenOwner');
      expect(await network.chain.outcome(remove(from, friend))).toBe('CallerIsNotTokenOwner');
    }
    expect(await network.chain.outcome(add(owner, friend, [1n], 12345n))).toBe('CallerIsNotTokenOwner');
  });

  test('refuse what they could not keep', async () => {
    const { outcome } = network.chain;
    expect(await outcome(add(owner, `0x${'00'.repeat(20)}`))).toBe('ZeroUser');
    expect(await outcome(add(owner, friend, []))).toBe('NoScopes');
    expect(await outcome(add(owner, friend, [3n]))).toBe('UnsupportedScope');
    expect(await outcome(add(owner, friend, [256n]))).toBe('ScopeTooLarge');
    expect(await outcome(add(owner, friend, [1n, 0n]))).toBe('UnsupportedScope');
    expect(await outcome(remove(owner, friend))).toBe('NotPermitted');
    await network.chain.send(add(owner, friend));
    expect(await outcome(add(owner, friend))).toBe('AlreadyPermitted');
  });

  test('list an owner once, even if it permitted itself', async () => {
    await network.chain.send(add(owner, friend));
    await network.chain.send(add(owner, owner));
    expect(await listed()).toEqual([owner, friend]);
  });

  test('end when the token changes hands, and do not come back with it', async () => {
    await network.chain.send(add(owner, friend));
    await network.chain.send(transfer(owner, stranger));
    expect(await isPermitted(stranger)).toBe(true);
    expect(await isPermitted(owner)).toBe(false);
    expect(await isPermitted(friend)).toBe(false);
    expect(await listed()).toEqual([stranger]);
    await network.chain.send(transfer(stranger, owner));
    expect(await listed()).toEqual([owner]);
  });

  test('stay when a key is given to itself, and end when it gives itself away', async () => {
    const { client } = network.chain;
    await network.chain.send(add(owner, friend));
    const itself = await client.readContract({ ...router(), functionName: 'getEthAddress', args: [tokenId] });
    await network.chain.send(transfer(owner, itself));
    expect(await listed()).toEqual([itself, friend]);
    expect(await isPermitted(owner)).toBe(false);
    await client.impersonateAccount({ address: itself });
    await client.setBalance({ address: itself, value: 10n ** 18n });
    await network.chain.send(transfer(itself, stranger));
    expect(await listed()).toEqual([stranger]);
  });

  test('end with the token', async () => {
    await network.chain.send(add(owner, friend));
    const burn = (from: Address) => ({ ...nft(), from, functionName: 'burn', args: [tokenId] }) as const;
    expect(await network.chain.outcome(burn(friend))).toBe('CallerIsNotTokenOwner');
    await network.chain.send(burn(owner));
    for (const user of [owner, friend]) expect(await isPermitted(user)).toBe(false);
    expect(await isPermitted(`0x${'00'.repeat(20)}`)).toBe(false);
    expect(await listed()).toEqual([]);
    expect(await network.chain.outcome(burn(owner))).toBe('ERC721NonexistentToken');
    expect(await network.chain.client.readContract({ ...nft(), functionName: 'exists', args: [tokenId] })).toBe(false);
  });

  test('do not exist for tokens that were never minted', async () => {
    expect(await isPermitted(owner, 12345n)).toBe(false);
    expect(await listed(12345n)).toEqual([]);
  });

  test('end at 128 addresses', async () => {
    for (let i = 1; i <= 128; i += 1) {
      await network.chain.send(add(owner, `0x${i.toString(16).padStart(40, '0')}`));
    }
    expect(await network.chain.outcome(add(owner, friend))).toBe('TooManyPermittedAddresses');
    expect(await listed()).toHaveLength(129);
  });
});
