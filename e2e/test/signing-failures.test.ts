import { cpSync, rmSync } from 'node:fs';
import type { MintedKey, SignResult } from '@keymesh/sdk';
import { deriveChildPublicKey } from '@keymesh/threshold/derivation';
import { ROOT_KEY_NAMES, ROOT_KEYS } from '@keymesh/threshold/public-key-package';
import { beforeAll, describe, expect, test } from 'vitest';
import { Client, rotationOf, untilFirstChoiceServes } from '../harness/client.ts';
import { History } from '../harness/history.ts';
import { useNetwork } from '../harness/network.ts';
import { pooledPublicKey, subsetsOf } from '../harness/pooled-shares.ts';
import { until } from '../harness/processes.ts';
import { filesUnder, findSecrets, secretsOf } from '../harness/secrets.ts';
import { DURABLE_NAMESPACES, META_NAMESPACE, storedEntries } from '../harness/stored.ts';
import { Target } from '../harness/target.ts';
import { send } from '../harness/wire.ts';
import { isGoodSignature } from '../verifiers/signatures.ts';

/** All keys of this file ask parties 1, 2 and 3 first. */
const FIRST = 1;
const SIGNERS = [1, 2, 3];
const VICTIM = 2;
/** One scheme for each kind of preparation. */
const STREAMED = ['EcdsaK256Sha256', 'SchnorrEd25519Sha512'];
/** Requests that one client has under way. */
const CONCURRENCY = 3;
/** Signatures between a copy of a directory and its return. */
const BETWEEN_COPY_AND_RETURN = 30;
/** How long a stock may take to be begun. Milliseconds. */
const STOCK_BEGUN_MS_MAX = 20_000;
/**
 * A silent signer costs a request at most the others' patience (`SIGNING_STEP_TIMEOUT_MS`, 2.5 s) and then a signature
 * by others, here on a machine that may be busy. Milliseconds.
 */
const WITH_A_SILENT_SIGNER_MS_MAX = 12_000;
/** A restarted network makes pairs and preparations before it signs. Milliseconds. */
const RECOVERY_MS_MAX = 60_000;

/** One network through all of it: what is collected in one test must not come up again in any other. */
const network = useNetwork('signing-failures');
const target = new Target(network);
const history = new History();
let client: Client;
let key: MintedKey;
let count = 0;

interface Signed {
  readonly signed: SignResult;
  readonly message: string;
  readonly elapsedMs: number;
}

/** Signs another message, and remembers all that nodes said. */
async function signNext(by: Client, scheme: string): Promise<Signed> {
  count += 1;
  const message = `message ${count}`;
  const started = performance.now();
  const signed = await by.sign(key.tokenId, scheme, message);
  history.addSignature(signed, message);
  expect(isGoodSignature(signed, message, key.tokenId)).toBe(true);
  return { signed, message, elapsedMs: performance.now() - started };
}

/** A stream of signatures, several at a time; `onStart` is called before each. */
async function stream(by: Client, total: number, onStart: (index: number) => unknown = () => {}): Promise<Signed[]> {
  const done: Signed[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < total) {
      const index = next++;
      await onStart(index);
      done.push(await signNext(by, STREAMED[index % STREAMED.length] as string));
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: CONCURRENCY }, work));
  history.addShares(by.wiretap.shares);
  const failed = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failed.length > 0) throw failed[0];
  const slowest = Math.max(...done.map(({ elapsedMs }) => elapsedMs));
  process.stdout.write(`${total} signatures, the slowest in ${Math.round(slowest)} ms\n`);
  return done;
}

async function metric(party: number, name: string): Promise<number> {
  const { text } = await send(network.node(party).url, { path: '/metrics', method: 'GET' });
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** All nodes serve and have found each other. */
async function untilWhole(): Promise<void> {
  await network.untilReady([1, 2, 3, 4], RECOVERY_MS_MAX);
  await untilFirstChoiceServes(network, key.tokenId);
}

/** A new client, which knows of no failures, is served by the first choice at once. */
async function expectFirstChoice(): Promise<void> {
  const fresh = await Client.connect(network);
  for (const scheme of STREAMED) expect((await signNext(fresh, scheme)).signed).toMatchObject({ signers: SIGNERS });
  history.addShares(fresh.wiretap.shares);
  expect(fresh.wiretap.overheard.filter(({ status }) => status !== 200)).toEqual([]);
}

beforeAll(async () => {
  client = await Client.connect(network);
  key = await client.mintAt(FIRST);
  expect(rotationOf(key.tokenId)).toEqual(SIGNERS);
  await target.prepare();
});

describe('one signer', () => {
  test('is killed during a stream of signatures: none of them fails, and nobody is accused', async () => {
    await stream(client, 12);
    const stocked = (scheme: string) => `keymesh_preparations_stocked_count{scheme="${scheme}"`;
    await until(
      'a stock was made',
      async () => {
        const counts = await Promise.all(STREAMED.map((scheme) => metric(1, stocked(scheme))));
        return counts.every((stock) => stock > 0);
      },
      STOCK_BEGUN_MS_MAX,
    );
    const done = await stream(client, 24, (index) => (index === 8 ? network.killNodes(VICTIM) : undefined));
    expect(done).toHaveLength(24);
    for (const { signed, elapsedMs } of done) {
      expect(signed.culprits).toEqual([]);
      expect(elapsedMs).toBeLessThan(WITH_A_SILENT_SIGNER_MS_MAX);
    }
    expect(done.at(-1)?.signed.signers).toEqual([1, 3, 4]);
  });

  test('is back: what had been prepared with its last life is not used, and it signs again', async () => {
    await network.start(VICTIM);
    await untilWhole();
    // Were an old preparation assigned, it would answer `signing/preparation-lost`.
    await expectFirstChoice();
    const fresh = await Client.connect(network);
    for (const { signed } of await stream(fresh, 12)) expect(signed.signers).toEqual(SIGNERS);
    expect(fresh.wiretap.overheard.filter(({ status }) => status !== 200)).toEqual([]);
  });

  test('falls silent in the middle of requests: others sign within the time that signers wait', async () => {
    const fresh = await Client.connect(network);
    const [pid] = network.pidsOf(VICTIM) as [number];
    let done: Signed[];
    try {
      done = await stream(fresh, 12, (index) => (index === 4 ? process.kill(pid, 'SIGSTOP') : undefined));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    for (const { signed, elapsedMs } of done) {
      expect(signed.culprits).toEqual([]);
      expect(elapsedMs).toBeLessThan(WITH_A_SILENT_SIGNER_MS_MAX);
    }
    expect(done.at(-1)?.signed.signers).toEqual([1, 3, 4]);
    await untilWhole();
    await expectFirstChoice();
  });
});

describe('all nodes', () => {
  test('are killed in the middle of signatures: what came out is good, and after a restart they sign again', async () => {
    const fresh = await Client.connect(network);
    const outcome = await stream(fresh, 24, (index) => (index === 9 ? network.killNodes(1, 2, 3, 4) : undefined)).then(
      () => 'all were signed',
      ({ code }) => code,
    );
    expect(outcome).toBe('sdk/too-few-nodes');
    await network.start(1, 2, 3, 4);
    await untilWhole();
    await expectFirstChoice();
    history.expectNothingTwice();
  });

  test('forget requests when they restart: the same request again is a new signature of the same message', async () => {
    const message = Buffer.from('the same, before and after'.padEnd(32));
    const requestId = 'before-and-after-a-restart';
    for (const scheme of STREAMED) {
      const request = { scheme, message, signers: SIGNERS, requestId: `${requestId}-${scheme}` };
      const before = await target.askSet(scheme, message, SIGNERS, request.requestId);
      expect(before.map(({ status }) => status)).toEqual([200, 200, 200]);
      history.addShares(before.map(({ value }) => ({ party: value.party, value })));
    }
    const sealedBefore = client.wiretap.sent.slice(-SIGNERS.length);
    await network.killNodes(1, 2, 3, 4);
    await network.start(1, 2, 3, 4);
    await untilWhole();
    for (const scheme of STREAMED) {
      const after = await target.askSet(scheme, message, SIGNERS, `${requestId}-${scheme}`);
      const given = after.filter(({ status }) => status === 200);
      for (const { value } of given) expect(history.knows(value)).toBe(false);
      history.addShares(given.map(({ value }) => ({ party: value.party, value })));
    }
    // A sealed request of long ago is refused for its age alone, or for what it asks.
    for (const { party, path, body } of sealedBefore) {
      const answer = await send(network.node(party).url, { path, body });
      if (answer.status === 200) expect(JSON.parse(answer.text)).toHaveProperty('payload');
    }
    history.expectNothingTwice();
  });
});

test('a node whose directory is an older copy signs on, and nothing of before comes up again', async () => {
  const data = network.path(`node-${VICTIM}`, 'data');
  const copy = network.path('older-copy');
  await network.killNodes(VICTIM);
  cpSync(data, copy, { recursive: true });
  await network.start(VICTIM);
  await untilWhole();
  for (const { signed } of await stream(await Client.connect(network), BETWEEN_COPY_AND_RETURN)) {
    expect(signed.signers).toEqual(SIGNERS);
  }
  await network.killNodes(VICTIM);
  rmSync(data, { recursive: true });
  cpSync(copy, data, { recursive: true });
  await network.start(VICTIM);
  await untilWhole();
  await expectFirstChoice();
  for (const { signed } of await stream(await Client.connect(network), BETWEEN_COPY_AND_RETURN)) {
    expect(signed.signers).toEqual(SIGNERS);
  }
  history.expectNothingTwice();
});

test('nothing of preparations is on any disk: signing leaves a store as it was', async () => {
  const durable = (party: number) =>
    storedEntries(network, party).filter(({ namespace }) => namespace !== META_NAMESPACE);
  const before = [1, 2, 3, 4].map(durable);
  await stream(await Client.connect(network), 2 * BETWEEN_COPY_AND_RETURN);
  // Not told that they end, so that nothing can be cleared away.
  await network.killNodes(1, 2, 3, 4);
  expect([1, 2, 3, 4].map(durable)).toEqual(before);
  for (const entries of before) {
    expect(entries.length).toBeGreaterThan(0);
    for (const { namespace } of entries) expect(DURABLE_NAMESPACES).toContain(namespace);
  }
  // What signers opened to each other and to the client is in no file and no log.
  const entropies = history.entropies.map((bytes, i) => ({ name: `entropy ${i}`, bytes }));
  expect(entropies.length).toBeGreaterThan(100);
  expect(findSecrets(entropies.slice(-60), filesUnder(network.directory))).toEqual([]);
});

test('fewer than t directories hold no key, in whatever way their shares are put together', async () => {
  const parties = [1, 2, 3, 4];
  const secrets = (await Promise.all(parties.map((party) => secretsOf(network, party)))).flat();
  const { curves, threshold, rootKeys } = client.network;
  const { keyId } = key;
  for (const root of ROOT_KEY_NAMES) {
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    const rootKey = hex(rootKeys.encoded(root));
    const { curve: curveName } = ROOT_KEYS[root];
    const keys = [rootKey];
    if (curveName !== 'bls12381g1') {
      const curve = curves[curveName];
      keys.push(hex(curve.encodePoint(deriveChildPublicKey(curve, rootKeys.point(root as 'secp256k1'), keyId))));
    }
    for (const subset of subsetsOf(parties)) {
      const pooled = hex(pooledPublicKey(curves, secrets, root, subset));
      if (subset.length < threshold) expect(keys, `${root} from ${subset}`).not.toContain(pooled);
      // The control: these are the shares.
      else expect(pooled, `${root} from ${subset}`).toBe(rootKey);
    }
  }
});

test('over all of this, nothing that signs was used twice', async () => {
  history.expectNothingTwice();
  expect(history.preparationCount).toBeGreaterThan(150);
});

test('what looks for repetitions sees them', () => {
  const signature = new Uint8Array(64).fill(1);
  const frost = { id: 'aa', commitments: [{ party: 1, hiding: '01', binding: '02' }] };
  const share = (value: object) => [{ party: 1, value: { share: '00', frost, ...value } }];
  const opening = (record: string) => [
    { party: 1, value: { ecdsa: { record, openings: [{ party: 1, entropy: '0f' }] } } },
  ];
  for (const repeat of [
    (seen: History) => seen.addShares(share({ share: '01' })),
    (seen: History) => seen.addShares(share({ frost: { ...frost, id: 'bb' } })),
    (seen: History) => seen.addShares([...opening('aa'), ...opening('bb')]),
    (seen: History) => seen.addSignature({ scheme: 'SchnorrEd25519Sha512', signature }, 'another message'),
  ]) {
    const seen = new History();
    seen.addShares([...share({}), ...share({})]);
    seen.addSignature({ scheme: 'SchnorrEd25519Sha512', signature }, 'a message');
    seen.expectNothingTwice();
    repeat(seen);
    expect(() => seen.expectNothingTwice()).toThrow();
  }
});
