import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { SEALED_BODY_BYTES_MAX } from '@keymesh/protocol/limits';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Client } from '../harness/client.ts';
import { decryptAs, encryptText, wallet } from '../harness/conditions.ts';
import type { Printed } from '../harness/keymesh.ts';
import { PreparedNetwork } from '../harness/prepared-network.ts';
import { filesUnder, findSecrets, type Secret, secretsOf } from '../harness/secrets.ts';
import { DECRYPT, expectRefusal, SIGN, Target } from '../harness/target.ts';
import { type RawRequest, random, SealedCall, send, sendBytes, signFor } from '../harness/wire.ts';
import { ALICE, addressOf, BOB, DEVELOPER, readRootKeys } from '../verifiers/chain.ts';
import { isGoodSignature, SCHEMES } from '../verifiers/signatures.ts';

/** A signer waits so long for the others' part of a request, `SIGNING_STEP_TIMEOUT_MS`. Milliseconds. */
const STEP_TIMEOUT_MS = 2_500;
/** Root keys that a key generation makes; docs/spec/network.md §2. */
const ROOTS_COUNT = 10;
/** Requests of a flood, and how many of them are under way at a time. */
const [FLOOD_REQUESTS, FLOOD_CONCURRENCY] = [2_000, 100];
/** What a flood may make a node grow by. Kilobytes. */
const GROWTH_KB_MAX = 250_000;
/** An honest request during a flood. Milliseconds. */
const UNDER_FLOOD_MS_MAX = 15_000;

const network = new PreparedNetwork('hostile');
const target = new Target(network);
let rootKeys: ReadonlyMap<number, Uint8Array>;

beforeAll(async () => {
  // With the limit of production: on a local network all clients have one address, so theirs is higher.
  await network.prepare({ requestsPerMinute: undefined });
  await network.start(1, 2, 3, 4);
  await network.untilReady([1, 2, 3, 4]);
  await target.prepare();
  rootKeys = await readRootKeys(network.file);
});

afterAll(() => network.end());

describe('what is no request of a route', () => {
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  test.each<[name: string, status: number, code: string, request: () => RawRequest]>([
    ['an unknown route', 404, 'wire/unknown-route', () => ({ path: '/v1/keys', body: '{}' })],
    ['a path out of the tree', 404, 'wire/unknown-route', () => ({ path: '/v1/../../etc/passwd', method: 'GET' })],
    ['a path that is no URL', 404, 'wire/unknown-route', () => ({ path: '/v1/%zz', method: 'GET' })],
    ['the wrong method', 405, 'wire/method-not-allowed', () => ({ path: DECRYPT, method: 'GET' })],
    ['another wrong method', 405, 'wire/method-not-allowed', () => ({ path: '/v1/health', method: 'DELETE' })],
    ['no body', 400, 'wire/bad-body', () => ({ path: DECRYPT })],
    ['broken JSON', 400, 'wire/malformed', () => ({ path: '/v1/handshake', body: '{"challenge": "00' })],
    ['broken JSON on a sealed route', 400, 'wire/bad-body', () => ({ path: SIGN, body: '{"version":' })],
    ['bytes that are no text', 400, 'wire/bad-body', () => ({ path: SIGN, body: Uint8Array.of(0xff, 0, 0xfe) })],
    ['JSON that is no object', 400, 'wire/malformed', () => ({ path: '/v1/handshake', body: 'null' })],
    ['a key too many', 400, 'wire/malformed', () => handshakeWith({ admin: true })],
    ['a key named __proto__', 400, 'wire/malformed', () => ({ path: '/v1/handshake', body: '{"__proto__":{}}' })],
    ['a challenge of another length', 400, 'wire/malformed', () => handshakeWith({ challenge: '00' })],
    [
      'another content type',
      400,
      'wire/bad-body',
      () => ({ ...handshakeWith({}), headers: { 'content-type': 'text/plain' } }),
    ],
    [
      'a form',
      400,
      'wire/bad-body',
      () => ({ path: SIGN, body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    ],
    ['a handshake too long', 413, 'wire/too-large', () => handshakeWith({ challenge: '0'.repeat(1_100) })],
    [
      'a sealed body too long',
      413,
      'wire/too-large',
      () => ({ path: SIGN, body: 'x'.repeat(SEALED_BODY_BYTES_MAX + 1) }),
    ],
    [
      'a body too long in chunks',
      413,
      'wire/too-large',
      () => ({ path: SIGN, body: 'x'.repeat(SEALED_BODY_BYTES_MAX + 1), headers: { 'transfer-encoding': 'chunked' } }),
    ],
    ['JSON nested 400 deep', 400, 'wire/malformed', () => ({ path: '/v1/handshake', body: deep(400) })],
    ['JSON nested 300,000 deep', 400, 'wire/malformed', () => ({ path: SIGN, body: deep(300_000) })],
    ['a list of 300,000', 400, 'wire/malformed', () => ({ path: SIGN, body: `[${'0,'.repeat(300_000)}0]` })],
    [
      'a request that is not sealed',
      400,
      'wire/malformed',
      () => ({ path: SIGN, body: JSON.stringify(target.signRequest()) }),
    ],
  ])('%s', async (_name, status, code, request) => {
    expectRefusal(await target.ask(request()), status, code);
  });

  function handshakeWith(change: Record<string, unknown>): RawRequest {
    return { path: '/v1/handshake', body: JSON.stringify({ challenge: '00'.repeat(32), ...change }) };
  }

  test.each([
    ['prose', 'Good morning\r\n\r\n', 400],
    ['a TLS greeting', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3), 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['two lengths', 'POST /v1/handshake HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}', 400],
    [
      'a length and chunks',
      'POST /v1/handshake HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['headers without end', `GET /v1/health HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`, 431],
  ])('bytes that are not HTTP as it should be: %s', async (_name, bytes, status) => {
    const answer = await sendBytes(target.url, bytes);
    target.keep({ text: answer });
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'wire/bad-http', fault: 'caller' } });
  });
});

describe('the seal', () => {
  test('of another node’s key', async () => {
    const answer = await target.call(SIGN, target.signRequest(), { to: target.otherSealingKey });
    expectRefusal(answer, 421, 'sealing/not-authentic');
  });

  test.each([
    ['a minute and more ago', -75_000, 'sealing/expired'],
    ['a minute and more ahead', 75_000, 'sealing/from-future'],
  ])('made %s', async (_when, shiftMs, code) => {
    const answer = await target.call(SIGN, target.signRequest(), { now: Date.now() + shiftMs });
    expectRefusal(answer, 400, code);
  });

  test.each<[name: string, status: number, code: string, spoil: (payload: Printed) => Printed]>([
    [
      'one bit of the box changed',
      421,
      'sealing/not-authentic',
      (p) => ({ ...p, ciphertext_and_tag: flipLast(p.ciphertext_and_tag) }),
    ],
    [
      'another date on it',
      421,
      'sealing/not-authentic',
      (p) => ({ ...p, created_at: new Date(Date.now() - 20_000).toISOString() }),
    ],
    [
      'another sender on it',
      421,
      'sealing/not-authentic',
      (p) => ({ ...p, verification_key: randomBytes(32).toString('hex') }),
    ],
    ['a key of small order', 421, 'sealing/not-authentic', (p) => ({ ...p, verification_key: '00'.repeat(32) })],
    ['the box cut off', 400, 'sealing/malformed', (p) => ({ ...p, ciphertext_and_tag: '00'.repeat(16) })],
    ['no date', 400, 'sealing/malformed', (p) => ({ ...p, created_at: 'yesterday' })],
    ['upper case', 400, 'wire/malformed', (p) => ({ ...p, random: p.random.replace(/./, 'A') })],
    ['no box', 400, 'wire/malformed', ({ ciphertext_and_tag: _, ...rest }) => rest],
  ])('with %s', async (_name, status, code, spoil) => {
    const sealed = target.seal(target.signRequest());
    const answer = await target.send(sealed, SIGN, { ...sealed.body, payload: spoil(sealed.body.payload) });
    expectRefusal(answer, status, code);
  });

  test('of another version', async () => {
    const sealed = target.seal(target.signRequest());
    const answer = await target.send(sealed, SIGN, { ...sealed.body, version: '2' });
    expectRefusal(answer, 400, 'wire/malformed');
  });

  test('used twice: the second is refused, also with other milliseconds and another epoch on it', async () => {
    const sealed = target.seal(target.signRequest());
    expect(await target.send(sealed, SIGN)).toMatchObject({ status: 200, wasSealed: true, value: { party: 1 } });
    const again = await target.send(sealed, SIGN);
    expectRefusal(again, 409, 'wire/replayed');
    const payload = { ...sealed.body.payload, created_at: sealed.body.payload.created_at.replace(/\.\d+Z/, '.001Z') };
    const disguised = await target.send(sealed, SIGN, { ...sealed.body, payload, epoch: 7 });
    expectRefusal(disguised, 409, 'wire/replayed');
  });

  test('used thirty times at once: one is answered', async () => {
    const sealed = target.seal(target.signRequest());
    const answers = await Promise.all(Array.from({ length: 30 }, () => target.send(sealed, SIGN)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(29);
  });
});

describe('what is sealed', () => {
  const spoiled = (change: Record<string, unknown>) => async () => target.signRequest(change);
  const frost = (signers: unknown) => spoiled({ scheme: 'SchnorrK256Sha256', signers });
  const ecdsa = (message: string) => spoiled({ scheme: 'EcdsaK256Sha256', signers: [1, 2, 3], message });

  test.each<[name: string, status: number, code: string, plaintext: () => Promise<unknown>]>([
    ['no JSON', 400, 'wire/malformed', async () => target.mark],
    ['a key too many', 400, 'wire/malformed', spoiled({ admin: true })],
    ['an unknown scheme', 400, 'wire/malformed', spoiled({ scheme: 'Ecdsa' })],
    [
      'a message that is too long',
      400,
      'wire/malformed',
      async () => target.signRequest({ message: '00'.repeat(65_537) }),
    ],
    ['half a byte', 400, 'wire/malformed', spoiled({ message: '0' })],
    ['a party twice', 400, 'wire/malformed', frost([1, 1, 2])],
    ['parties in another order', 400, 'wire/malformed', frost([3, 2, 1])],
    ['a party 0', 400, 'wire/malformed', frost([0, 1, 2])],
    ['no signers for FROST', 400, 'wire/malformed', frost([])],
    ['signers for BLS', 400, 'wire/malformed', spoiled({ signers: [1, 2, 3] })],
    ['too few signers', 400, 'signing/invalid-signer-set', frost([1, 2])],
    ['too many signers', 400, 'signing/invalid-signer-set', frost([1, 2, 3, 4])],
    ['others as signers', 400, 'signing/invalid-signer-set', frost([2, 3, 4])],
    ['a signer that does not exist', 400, 'signing/invalid-signer-set', frost([1, 2, 9])],
    ['a message where a digest must be', 400, 'signing/invalid-digest', ecdsa('00'.repeat(31))],
    ['a preparation of the client’s choice', 400, 'wire/malformed', spoiled({ preparation: '00'.repeat(32) })],
    ['nonce commitments of the client’s choice', 400, 'wire/malformed', spoiled({ commitments: [] })],
    ['an epoch that is not in service', 409, 'wire/stale-epoch', spoiled({ epoch: 99 })],
    [
      'a token that does not exist',
      404,
      'permissions/unknown-token',
      async () => target.signRequest({ tokenId: `0x${randomBytes(32).toString('hex')}` }),
    ],
    [
      'a session for another node',
      421,
      'session/wrong-node',
      async () => target.signRequest({ authSig: signFor(target.session, network.node(2).url) }),
    ],
    [
      'a session for another port of this node',
      421,
      'session/wrong-node',
      async () => target.signRequest({ authSig: signFor(target.session, 'http://127.0.0.1:1') }),
    ],
    [
      'a session that is over',
      401,
      'session/expired',
      async () => target.signRequest({ authSig: signFor(target.session, target.url, -1_000) }),
    ],
    [
      'a delegation that is over',
      401,
      'delegation/expired',
      async () => target.signRequest({ authSig: signFor(await target.sessionOf(DEVELOPER, -1_000), target.url) }),
    ],
    [
      'a session whose signature was changed',
      401,
      'session/bad-signature',
      async () => target.signRequest({ authSig: { ...signFor(target.session, target.url), sig: '00'.repeat(64) } }),
    ],
    [
      'a session whose text was changed',
      401,
      'session/bad-signature',
      async () => {
        const authSig = signFor(target.session, network.node(2).url);
        return target.signRequest({
          authSig: { ...authSig, signedMessage: authSig.signedMessage.replace(network.node(2).url, target.url) },
        });
      },
    ],
    [
      'a delegation to another session key',
      401,
      'delegation/wrong-session-key',
      async () => {
        const stolen = { ...(await target.sessionOf(ALICE)), delegation: target.session.delegation };
        return target.signRequest({ authSig: signFor(stolen, target.url) });
      },
    ],
    [
      'a delegation whose text was changed',
      401,
      'delegation/bad-signature',
      async () => {
        const own = await target.sessionOf(ALICE);
        const signedMessage = own.delegation.signedMessage.replace(addressOf(ALICE), addressOf(DEVELOPER));
        const delegation = { ...own.delegation, signedMessage, address: addressOf(DEVELOPER) };
        return target.signRequest({ authSig: signFor({ ...own, delegation }, target.url) });
      },
    ],
    [
      'a session for another key only',
      403,
      'session/capability-missing',
      async () =>
        target.signRequest({
          authSig: signFor(await target.sessionOf(DEVELOPER, 600_000, `0x${'ab'.repeat(32)}`), target.url),
        }),
    ],
    [
      'the session of a stranger',
      403,
      'permissions/denied',
      async () => target.signRequest({ authSig: signFor(await target.sessionOf(BOB), target.url) }),
    ],
  ])('%s', async (_name, status, code, plaintext) => {
    const answer = await target.call(SIGN, await plaintext());
    expect(answer.wasSealed).toBe(true);
    expectRefusal(answer, status, code);
  });

  test('a request id for two requests', async () => {
    const requestId = randomBytes(16).toString('hex');
    expect((await target.call(SIGN, target.signRequest({ requestId }))).status).toBe(200);
    const other = await target.call(SIGN, target.signRequest({ requestId, message: 'ff' }));
    expectRefusal(other, 409, 'wire/request-id-reused');
  });

  describe.each(['SchnorrK256Taproot', 'EcdsaK256Sha256'])('%s', (scheme) => {
    const signers = [1, 2, 3];
    const preparationOf = ({ value }: { readonly value: Printed }): unknown =>
      value.frost?.id ?? [value.ecdsa.record, value.ecdsa.openings];

    test('the same request again: the same answer and nothing new, also when it comes from a session of today', async () => {
      const request = { scheme, signers, message: randomBytes(32), requestId: randomBytes(16).toString('hex') };
      const first = await target.askSet(scheme, request.message, signers, request.requestId);
      expect(first.map(({ status }) => status)).toEqual([200, 200, 200]);
      const again = await Promise.all(signers.map((party) => target.askParty(party, request)));
      expect(again.map(({ value }) => value)).toEqual(first.map(({ value }) => value));
    });

    test('a request id for a second message or other signers: refused, before anything is taken for it', async () => {
      const requestId = randomBytes(16).toString('hex');
      const message = randomBytes(32);
      expect((await target.askSet(scheme, message, signers, requestId)).map(({ status }) => status)).toEqual([
        ...[200, 200, 200],
      ]);
      for (const other of [
        { message: randomBytes(32), signers },
        { message, signers: [1, 2, 4] },
      ]) {
        for (const answer of await Promise.all(
          [1, 2].map((party) => target.askParty(party, { scheme, requestId, ...other })),
        )) {
          expectRefusal(answer, 409, 'wire/request-id-reused');
        }
      }
    });

    test('one message in a request to one signer and another to the rest: no shares of one preparation', async () => {
      const requestId = randomBytes(16).toString('hex');
      const [one, two] = [randomBytes(32), randomBytes(32)];
      const answers = await Promise.all([
        target.askParty(1, { scheme, signers, requestId, message: one }),
        ...[2, 3].map((party) => target.askParty(party, { scheme, signers, requestId, message: two })),
      ]);
      // They are two requests, each with signers that never got it. With FROST a leader answers at once, and whoever got
      // its request with it; then each request has a preparation of its own.
      const good = answers.filter(({ status }) => status === 200);
      if (scheme.startsWith('Ecdsa')) expect(good).toHaveLength(0);
      const used = good.map(preparationOf).map((preparation) => JSON.stringify(preparation));
      if (answers[0]?.status === 200) expect(used.slice(1)).not.toContain(used[0]);
      for (const { status, value } of answers.filter((answer) => answer.status !== 200)) {
        expect({ status, code: value.error.code }).toMatchObject({ code: expect.stringMatching(/^signing\//) });
      }
    });

    test('a request to one signer only: it waits for the others, says who is silent, and gives nothing', async () => {
      const started = performance.now();
      const requestId = randomBytes(16).toString('hex');
      const answers = await Promise.all(
        [0, 1, 2, 3].map((i) =>
          target.askParty(1, { scheme, signers, message: randomBytes(32), requestId: `${requestId}-${i}` }),
        ),
      );
      expect(performance.now() - started).toBeLessThan(4 * STEP_TIMEOUT_MS);
      const refused = answers.filter(({ status }) => status !== 200);
      for (const { value } of refused) {
        expect(value.error.code).toBe('signing/signer-silent');
        expect(value.error.culprits ?? value.error.details?.culprits ?? []).not.toContain(1);
      }
      // A leader of FROST makes its share at once: nothing of it depends on what the others send later.
      if (scheme.startsWith('Ecdsa')) expect(refused).toHaveLength(4);
      const preparations = answers.filter(({ status }) => status === 200).map(preparationOf);
      expect(new Set(preparations).size).toBe(preparations.length);
    });
  });
});

test('a flood from one address: each request is answered, and clients of other addresses are served meanwhile', async () => {
  const kinds: readonly RawRequest[] = [
    { path: '/v1/health', method: 'GET' },
    { path: '/v1/handshake', body: '{"challenge":' },
    { path: SIGN, body: JSON.stringify(new SealedCall('{}', { sealingKey: target.otherSealingKey }).body) },
    { path: '/v1/handshake', body: JSON.stringify({ challenge: '00'.repeat(32) }) },
  ];
  const before = residentKilobytes();
  const statuses = new Map<number, number>();
  let next = 0;
  const flooder = async (): Promise<void> => {
    while (next < FLOOD_REQUESTS) {
      const kind = kinds[next++ % kinds.length] as RawRequest;
      const answer = await send(target.url, { ...kind, from: '127.0.0.2' });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status !== 200) expect(JSON.parse(answer.text).error.code).toMatch(/^(wire|sealing|node)\//);
    }
  };
  const flood = Promise.all(Array.from({ length: FLOOD_CONCURRENCY }, flooder));
  const started = performance.now();
  const signed = await network.run(
    'sign',
    '--key',
    target.key.tokenId,
    '--scheme',
    'Bls12381',
    '--message',
    `${target.mark} in a flood`,
  );
  expect(performance.now() - started).toBeLessThan(UNDER_FLOOD_MS_MAX);
  expect(isGoodSignature(signed, `${target.mark} in a flood`, target.key.tokenId)).toBe(true);
  await flood;
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(FLOOD_REQUESTS);
  expect([...statuses.keys()].every((status) => [200, 400, 421, 429, 503].includes(status))).toBe(true);
  expect(statuses.get(429)).toBeGreaterThan(0);
  expect(residentKilobytes() - before).toBeLessThan(GROWTH_KB_MAX);
});

function residentKilobytes(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(network.pidsOf(1)[0])], { encoding: 'utf8' }));
}

test('after all this the node is healthy, serves, and has met no error of its own', async () => {
  expect(await network.run('status')).toMatchObject({ serving: true, nodesReady: 4 });
  const encrypted = await encryptText(network, [wallet(addressOf(ALICE))], `${target.mark} encrypted`);
  expect(await decryptAs(network, ALICE, encrypted)).toMatchObject({
    data: `${target.mark} encrypted`,
    signers: [1, 2, 3],
  });
  const client = await Client.connect(network);
  for (const scheme of SCHEMES) {
    const signed = await client.sign(target.key.tokenId, scheme, target.mark);
    expect(signed).toMatchObject({ culprits: [] });
    expect(isGoodSignature(signed, target.mark, target.key.tokenId)).toBe(true);
  }
  for (const party of [1, 2, 3, 4]) {
    expect(network.events(party).filter(({ level }) => level === 'error')).toEqual([]);
  }
});

// Last: it stops the network to read what the nodes hold.
test('no secret is in any log, answer, metric or file', async () => {
  for (const party of [1, 2, 3, 4]) {
    const answer = target.keep(await send(network.node(party).url, { path: '/metrics', method: 'GET' }));
    expect(answer.text).toContain('keymesh_requests_total');
  }
  await network.down();
  const secrets = (await Promise.all([1, 2, 3, 4].map((party) => secretsOf(network, party)))).flat();
  expect(secrets).toHaveLength(4 * (1 + 3 + ROOTS_COUNT));
  expectTheRealOnes(secrets);
  const messages = [target.mark, `${target.mark} in a flood`].map((text) => ({
    name: `the message ${text}`,
    bytes: Buffer.from(text),
  }));
  const wallets = [ALICE, BOB, DEVELOPER].map((privateKey) => ({
    name: 'a wallet',
    bytes: Buffer.from(privateKey.slice(2), 'hex'),
  }));
  const places = [...target.heard, ...filesUnder(network.directory)];
  expect(places.length).toBeGreaterThan(100);
  expect(findSecrets([...secrets, ...target.clientSecrets, ...messages, ...wallets], places)).toEqual([]);
  // The search finds what is there.
  const known = { name: 'token id', bytes: Buffer.from(target.key.tokenId.slice(2), 'hex') };
  expect(findSecrets([known], places).length).toBeGreaterThan(0);
});

/** What was read from the stores are the nodes' keys indeed: else the search above would look for nothing. */
function expectTheRealOnes(secrets: readonly Secret[]): void {
  const bytesOf = (name: string): Uint8Array => secrets.find((secret) => secret.name === name)?.bytes ?? random(32);
  for (const node of network.file.nodes) {
    const account = `0x${Buffer.from(bytesOf(`${node.name}: account key`)).toString('hex')}` as const;
    expect(privateKeyToAddress(account).toLowerCase()).toBe(node.address.toLowerCase());
  }
  // Shares of parties 1, 2 and 3 at zero: 3·s₁ − 3·s₂ + s₃, here on points, so that no key comes into being.
  const [p1, p2, p3] = [1, 2, 3].map((party) => {
    const share = Buffer.from(bytesOf(`node-${party}: share of secp256k1`)).toString('hex');
    return secp256k1.Point.BASE.multiply(BigInt(`0x${share}`));
  }) as [typeof secp256k1.Point.BASE, typeof secp256k1.Point.BASE, typeof secp256k1.Point.BASE];
  const root = p1.subtract(p2).multiply(3n).add(p3);
  expect(root.toBytes()).toEqual(rootKeys.get(2));
}

function flipLast(hex: string): string {
  const last = hex.at(-1) as string;
  return hex.slice(0, -1) + (Number.parseInt(last, 16) ^ 1).toString(16);
}
