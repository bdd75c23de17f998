import {
  type Address,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseEventLogs,
  parseSignature,
  toBytes,
  zeroAddress,
} from 'viem';
import { signMessage } from 'viem/actions';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KEY_SET_ID, KEY_TYPE_SECP256K1, pkpNftAbi, pubkeyRouterAbi } from '../src/index.ts';
import { type Network, startNetwork } from './network.ts';

const MEMBERS = 7;
const THRESHOLD = 5;
const KEY_ID = keccak256(toBytes('QmProgram_alice'));

let network: Network;
let snapshot: Hex;
beforeAll(async () => {
  network = await startNetwork();
  await network.activate(MEMBERS);
});
afterAll(() => network.stop());
beforeEach(async () => {
  snapshot = await network.chain.client.snapshot();
});
afterEach(() => network.chain.client.revert({ id: snapshot }));

const nft = () => ({ address: network.contracts.PKPNFT, abi: pkpNftAbi }) as const;

interface Signature {
  readonly r: Hex;
  readonly s: Hex;
  readonly v: number;
}

/** A word of a node for a claim, or for something else. */
async function word(
  signer: Address,
  changes: { keyId?: Hex; claimer?: Address; chainId?: bigint; contract?: Address } = {},
) {
  const { keyId = KEY_ID, claimer = network.user(0), chainId = 31_337n, contract = network.contracts.PKPNFT } = changes;
  const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'bytes32' }, { type: 'address' }] as const;
  const hash = keccak256(encodeAbiParameters(types, [chainId, contract, keyId, claimer]));
  const signature = await signMessage(network.chain.client, { account: signer, message: { raw: hash } });
  const { r, s, v } = parseSignature(signature);
  return { r, s, v: Number(v) };
}
const words = (nodes: readonly number[], changes = {}): Promise<Signature[]> =>
  Promise.all(nodes.map((i) => word(network.node(i), changes)));
const call = (
  signatures: readonly Signature[],
  {
    from = network.user(0),
    realmId = 1n,
    keyType = KEY_TYPE_SECP256K1,
    keyId = KEY_ID,
    staking = network.contracts.Staking,
    value = 0n,
  } = {},
) =>
  ({
    ...nft(),
    from,
    functionName: 'claimAndMint',
    args: [realmId, keyType, keyId, signatures, staking],
    value,
  }) as const;
const outcome = async (...args: Parameters<typeof call>) => network.chain.outcome(call(...args));

describe('a claimed key', () => {
  test('is minted to its claimer, with the key that its id has had all along', async () => {
    const router = { address: network.contracts.PubkeyRouter, abi: pubkeyRouterAbi } as const;
    const before = await network.chain.client.readContract({
      ...{ ...router, functionName: 'getDerivedPubkey' },
      args: [network.contracts.Staking, KEY_SET_ID, KEY_ID],
    } as const);
    const { logs } = await network.chain.send(call(await words([1, 3, 4, 6, 7])));
    const [claimed] = parseEventLogs({ abi: pkpNftAbi, logs, eventName: 'KeyClaimed' });
    const [minted] = parseEventLogs({ abi: pkpNftAbi, logs, eventName: 'PKPMinted' });
    expect(claimed?.args).toEqual({
      tokenId: BigInt(keccak256(before)),
      derivedKeyId: KEY_ID,
      claimer: network.user(0),
    });
    expect(minted?.args).toEqual({ tokenId: BigInt(keccak256(before)), pubkey: before });
    const args = [BigInt(keccak256(before))] as const;
    expect(await network.chain.client.readContract({ ...nft(), functionName: 'ownerOf', args })).toBe(network.user(0));
    expect(await network.chain.client.readContract({ ...router, functionName: 'keyIdOf', args })).toBe(KEY_ID);
  });

  test('takes words of more members than needed', async () => {
    expect(await outcome(await words([1, 2, 3, 4, 5, 6, 7]))).toBe('ok');
  });

  test('says what members sign', async () => {
    const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'bytes32' }, { type: 'address' }] as const;
    const expected = keccak256(
      encodeAbiParameters(types, [31_337n, network.contracts.PKPNFT, KEY_ID, network.user(3)]),
    );
    const args = [KEY_ID, network.user(3)] as const;
    expect(await network.chain.client.readContract({ ...nft(), functionName: 'claimHash', args })).toBe(expected);
  });

  test('is minted once, and not again after it was burnt', async () => {
    const signatures = await words([1, 2, 3, 4, 5]);
    const { logs } = await network.chain.send(call(signatures));
    expect(await outcome(signatures)).toBe('KeyAlreadyRegistered');
    const [minted] = parseEventLogs({ abi: pkpNftAbi, logs, eventName: 'PKPMinted' });
    const args = [minted?.args.tokenId ?? 0n] as const;
    await network.chain.send({ ...nft(), from: network.user(0), functionName: 'burn', args });
    expect(await outcome(signatures)).toBe('KeyAlreadyRegistered');
  });

  test('needs words of a threshold of members', async () => {
    expect(await outcome(await words([1, 2, 3, 4]))).toBe('TooFewClaimSignatures');
    expect(await outcome([])).toBe('TooFewClaimSignatures');
    expect(THRESHOLD).toBe(5);
  });

  test('is for the claimer that the words name, on this chain and contract, and for this key', async () => {
    const signatures = await words([1, 2, 3, 4, 5]);
    expect(await outcome(signatures, { from: network.user(1) })).toBe('InvalidClaimSignature');
    expect(await outcome(signatures, { keyId: keccak256(toBytes('other')) })).toBe('InvalidClaimSignature');
    expect(await outcome(await words([1, 2, 3, 4, 5], { chainId: 1n }))).toBe('InvalidClaimSignature');
    const contract = network.contracts.PubkeyRouter;
    expect(await outcome(await words([1, 2, 3, 4, 5], { contract }))).toBe('InvalidClaimSignature');
  });

  test('counts each member once, and nobody else', async () => {
    const [one, two, three, four] = (await words([1, 2, 3, 4])) as [Signature, Signature, Signature, Signature];
    expect(await outcome([one, two, three, four, four])).toBe('ClaimSignaturesOutOfOrder');
    expect(await outcome([four, one, two, three, four])).toBe('ClaimSignaturesOutOfOrder');
    expect(await outcome([one, two, three, four, await word(network.user(5))])).toBe('InvalidClaimSignature');
    // An operator's account is not its node's.
    expect(await outcome([one, two, three, four, await word(network.operator(5))])).toBe('InvalidClaimSignature');
  });

  test('takes no signature in another form', async () => {
    const signatures = await words([1, 2, 3, 4, 5]);
    const last = signatures.at(-1) as Signature;
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const forms: Signature[] = [
      { ...last, v: 55 - last.v },
      { ...last, v: 0 },
      { ...last, v: 55 - last.v, s: `0x${(order - BigInt(last.s)).toString(16).padStart(64, '0')}` },
      { ...last, r: `0x${'00'.repeat(32)}` },
    ];
    for (const form of forms) expect(await outcome(signatures.with(-1, form))).toBe('InvalidClaimSignature');
  });

  test('is of this network, of the one type, and paid', async () => {
    const signatures = await words([1, 2, 3, 4, 5]);
    expect(await outcome(signatures, { realmId: 2n })).toBe('WrongNetwork');
    expect(await outcome(signatures, { staking: zeroAddress })).toBe('WrongNetwork');
    expect(await outcome(signatures, { keyType: 1n })).toBe('UnsupportedKeyType');
    expect(await outcome(signatures, { value: 1n })).toBe('WrongPayment');
  });
});

test('before the first epoch nothing can be claimed', async () => {
  const young = await startNetwork();
  try {
    await young.lock(4);
    const args = [1n, KEY_TYPE_SECP256K1, KEY_ID, [], young.contracts.Staking] as const;
    const claim = { address: young.contracts.PKPNFT, abi: pkpNftAbi, functionName: 'claimAndMint', args } as const;
    expect(await young.chain.outcome({ ...claim, from: young.user(0) })).toBe('TooFewClaimSignatures');
  } finally {
    await young.stop();
  }
});
