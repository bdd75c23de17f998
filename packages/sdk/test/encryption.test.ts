import { createHash } from 'node:crypto';
import { toHex } from '@keymesh/foundation';
import { encrypt as encryptToIdentity, nobleBls } from '@keymesh/threshold/bls';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Conditions, decrypt, type Encrypted, encrypt, type Network, type Session } from '../src/index.ts';
import { seededRandom } from './testnet/dealer.ts';
import * as faults from './testnet/faults.ts';
import { Testnet, testBackends } from './testnet/testnet.ts';
import { fail, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const backends = await testBackends();
const testnets = [new Testnet(4, backends), new Testnet(7, backends)];
const [four] = testnets as [Testnet];

const balance = {
  contractAddress: '',
  standardContractType: '' as const,
  chain: 'ethereum',
  method: 'eth_getBalance',
  parameters: [':userAddress', 'latest'],
  returnValueTest: { comparator: '>' as const, value: '5' },
};
const conditions: Conditions = { accessControlConditions: [balance] };
const SENTENCE = 'The conditions are not satisfied: the balance must be > 5; it is 0.';

let network: Network;
let session: Session;

async function open(testnet: Testnet): Promise<void> {
  testnet.reset();
  network = (await succeed(() => testnet.connect())).value;
  session = (await succeed(() => testnet.session(network))).value;
  testnet.reset();
}

const secret = (length: number): Uint8Array => seededRandom(`secret/${length}`)(length);

beforeEach(useVirtualTime);
afterEach(() => {
  vi.useRealTimers();
});

describe.each(testnets.map((testnet) => [testnet.nodes.length, testnet] as const))('%i nodes', (n, testnet) => {
  const spares = n - testnet.threshold;
  beforeEach(() => open(testnet));

  test.each([0, 1, 31, 32, 1_000, 100_000])('%i bytes come back, by t nodes in one round', async (length) => {
    const encrypted = await encrypt(network, { ...conditions, data: secret(length) });
    expect(testnet.fetched).toEqual([]);
    const { value, tookMs } = await succeed(() => decrypt(network, { ...encrypted, session }));
    expect(toHex(value.data)).toBe(toHex(secret(length)));
    expect(value).toMatchObject({ culprits: [], signers: Array.from({ length: testnet.threshold }, (_, i) => i + 1) });
    expect(testnet.fetched.map((url) => new URL(url).pathname)).toEqual(Array(testnet.threshold).fill('/v1/decrypt'));
    expect(tookMs).toBeLessThan(200);
  });

  const replaced: Record<string, { readonly fault: faults.Fault; readonly lies: boolean; readonly withinMs: number }> =
    {
      dead: { fault: faults.dead, lies: false, withinMs: 400 },
      'behind a dead proxy': { fault: faults.badGateway, lies: false, withinMs: 400 },
      hanging: { fault: faults.hanging, lies: false, withinMs: 2_200 },
      deaf: { fault: faults.deaf, lies: false, withinMs: 2_200 },
      trickling: { fault: faults.trickling, lies: false, withinMs: 2_200 },
      slow: { fault: faults.slow(5_000), lies: false, withinMs: 2_200 },
      'denying alone': { fault: faults.refusing('conditions/denied'), lies: false, withinMs: 400 },
      'denying without a seal': { fault: faults.unsealedDenial, lies: false, withinMs: 400 },
      'sending garbage': { fault: faults.garbage, lies: true, withinMs: 400 },
      'sending without end': { fault: faults.oversized, lies: true, withinMs: 400 },
      'sending without a seal': { fault: faults.unsealed, lies: true, withinMs: 400 },
      "using another node's seal": { fault: faults.otherSeal, lies: true, withinMs: 400 },
      'answering as another party': { fault: faults.wrongParty, lies: true, withinMs: 400 },
      'sending a wrong share': { fault: faults.wrongShare, lies: true, withinMs: 400 },
      'sending a malformed share': { fault: faults.malformedShare, lies: true, withinMs: 400 },
    };

  test.each(Object.entries(replaced))('as many nodes as may be, %s', async (_, { fault, lies, withinMs }) => {
    const bad = [1, 3].slice(0, spares);
    for (const party of bad) testnet.faults.set(party, fault);
    const encrypted = await encrypt(network, { ...conditions, data: 'hidden' });
    const { value, tookMs } = await succeed(() => decrypt(network, { ...encrypted, session }));
    expect(new TextDecoder().decode(value.data)).toBe('hidden');
    expect(value.culprits).toEqual(lies ? bad : []);
    expect(tookMs).toBeLessThan(bad.length * withinMs);
  });

  test('too many wrong shares: names them all', async () => {
    const bad = [1, 2, 4].slice(0, spares + 1);
    for (const party of bad) testnet.faults.set(party, faults.wrongShare);
    const encrypted = await encrypt(network, { ...conditions, data: 'hidden' });
    const { error } = await fail(() => decrypt(network, { ...encrypted, session }));
    expect(error).toMatchObject({ code: 'sdk/too-few-nodes', fault: 'peer', culprits: bad });
    expect(error.message).toContain(`${testnet.threshold} of ${n} needed, ${n} reachable`);
  });
});

describe('denied conditions', () => {
  beforeEach(() => open(four));

  test.each([
    ['nobody else at fault', undefined, 300],
    ['one node dead', faults.dead, 300],
    ['one node hanging', faults.hanging, 2_600],
    ['one node lying', faults.unsealed, 300],
    ['one node letting everybody pass', faults.wrongForm, 300],
  ])('are said in the words of the nodes: %s', async (_, fault, withinMs) => {
    four.deny(SENTENCE);
    const encrypted = await encrypt(network, { ...conditions, data: 'hidden' });
    for (const party of [1, 2, 4]) {
      four.faults.clear();
      network.health.succeeded(party);
      if (fault !== undefined) four.faults.set(party, fault);
      const { error, tookMs } = await fail(() => decrypt(network, { ...encrypted, session }));
      expect(error).toMatchObject({ code: 'conditions/denied', fault: 'caller', message: SENTENCE });
      expect(error.details).toEqual({ unmet: ['x'] });
      expect(tookMs).toBeLessThan(withinMs);
    }
  });

  test('a dead and a lying node, and two that deny: the denial is what can be changed', async () => {
    four.deny(SENTENCE);
    four.faults.set(1, faults.dead).set(2, faults.garbage);
    const encrypted = await encrypt(network, { ...conditions, data: 'hidden' });
    const { error } = await fail(() => decrypt(network, { ...encrypted, session }));
    expect(error).toMatchObject({ code: 'conditions/denied' });
  });

  test('two dead: nobody can say anything for the network', async () => {
    four.deny(SENTENCE);
    four.faults.set(1, faults.dead).set(2, faults.dead);
    const encrypted = await encrypt(network, { ...conditions, data: 'hidden' });
    const { error } = await fail(() => decrypt(network, { ...encrypted, session }));
    expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 2 reachable, 2 of them refusing.');
    expect(error.hint).toContain(SENTENCE);
  });
});

describe('arguments', () => {
  let encrypted: Encrypted;
  beforeEach(async () => {
    await open(four);
    encrypted = await encrypt(network, { ...(await conditions), data: 'hidden' });
  });

  test.each([
    ['no conditions', {}, 'sdk/invalid-argument'],
    ['two kinds of conditions', { ...conditions, evmContractConditions: [] }, 'sdk/invalid-argument'],
    ['an empty list', { accessControlConditions: [] }, 'conditions/malformed'],
    [
      'an unknown comparator',
      { accessControlConditions: [{ ...balance, returnValueTest: { comparator: '~', value: '5' } }] },
      'conditions/malformed',
    ],
    ['a missing operator', { accessControlConditions: [balance, balance] }, 'conditions/malformed'],
    ['a number for data', { ...conditions, data: 5 }, 'sdk/invalid-argument'],
  ])('%s cannot be encrypted to', async (_, parameters, code) => {
    const { error } = await fail(() => encrypt(network, { data: 'x', ...parameters } as never));
    expect(error).toMatchObject({ code, fault: 'caller' });
  });

  test.each([
    ['a ciphertext that is not base64', { ciphertext: '%%%' }, 'sdk/invalid-argument'],
    ['no ciphertext', { ciphertext: undefined }, 'sdk/invalid-argument'],
    ['a ciphertext that was cut', { ciphertext: 'AAAA' }, 'bls/malformed-ciphertext'],
    ['a hash in capitals', { dataToEncryptHash: 'AB'.repeat(32) }, 'sdk/invalid-argument'],
    ['no conditions', { accessControlConditions: undefined }, 'sdk/invalid-argument'],
  ])('%s is refused before anybody is asked', async (_, change, code) => {
    const { error } = await fail(() => decrypt(network, { ...encrypted, ...change, session } as never));
    expect(error).toMatchObject({ code, fault: 'caller' });
    expect(four.fetched).toEqual([]);
  });

  test.each([
    ['other data hashed', { dataToEncryptHash: '12'.repeat(32) }],
    ['other conditions', { accessControlConditions: [{ ...balance, chain: 'polygon' }] }],
  ])('%s: the ciphertext does not open, and nobody is blamed', async (_, change) => {
    const { error } = await fail(() => decrypt(network, { ...encrypted, ...change, session }));
    expect(error).toMatchObject({ code: 'bls/decryption-failed', fault: 'caller', culprits: [] });
  });

  test('a changed ciphertext does not open, and nobody is blamed', async () => {
    const bytes = Buffer.from(encrypted.ciphertext, 'base64');
    bytes[100]! ^= 1;
    const { error } = await fail(() =>
      decrypt(network, { ...encrypted, ciphertext: bytes.toString('base64'), session }),
    );
    expect(error).toMatchObject({ code: 'bls/decryption-failed', culprits: [] });
  });

  test('data that does not have the hash it was encrypted under is not given out', async () => {
    const claimed = createHash('sha256').update('something else').digest('hex');
    const identity = new TextEncoder().encode(`lit-accesscontrolcondition://${await conditionsHash()}/${claimed}`);
    const ciphertext = encryptToIdentity(nobleBls, {
      publicKey: rootPublicKey(network.publicKeys, 'bls12381-decryption'),
      ...{ identity, plaintext: new TextEncoder().encode('hidden'), random: seededRandom('liar') },
    });
    const forged = {
      ...conditions,
      ciphertext: Buffer.from(ciphertext).toString('base64'),
      dataToEncryptHash: claimed,
    };
    const { error } = await fail(() => decrypt(network, { ...forged, session }));
    expect(error).toMatchObject({ code: 'sdk/wrong-data-hash', fault: 'caller' });
  });

  async function conditionsHash(): Promise<string> {
    const { hashConditions, parseConditions } = await import('@keymesh/protocol/conditions');
    return hashConditions(parseConditions('accessControlConditions', [balance]));
  }
});
