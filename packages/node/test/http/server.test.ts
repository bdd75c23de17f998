import { SEALED_REQUEST_AGE_MAX_MS, SEALED_REQUEST_FUTURE_MAX_MS } from '@keymesh/protocol/limits';
import { ROUTES, type RouteName } from '@keymesh/protocol/routes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANSWER, refusal } from './echo-handlers.ts';
import {
  decryptRequest,
  open,
  openCode,
  type ServerUnderTest,
  sealed,
  serverUnderTest,
  signRequest,
} from './server-under-test.ts';

const SIGN = ROUTES.sign.path;

let node: ServerUnderTest;
beforeEach(async () => {
  node = await serverUnderTest();
});
afterEach(() => node.server.close());

describe('open routes', () => {
  it('answer, with a request id that is also in the log and that differs each time', async () => {
    const answers = await Promise.all([1, 2].map(() => node.server.inject({ url: ROUTES.health.path })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    const ids = answers.map(({ headers }) => headers['x-request-id']);
    expect(new Set(ids).size).toBe(2);
    const refused = await node.server.inject({ url: ROUTES.ready.path, headers: { 'x-request-id': 'mine' } });
    expect(refused.statusCode).toBe(503);
    const { requestId } = refused.json() as { requestId: string };
    expect(requestId).toBe(refused.headers['x-request-id']);
    expect(requestId).not.toBe('mine');
    expect(node.lines).toContainEqual(expect.objectContaining({ event: 'request.refused', requestId }));
  });

  it('know HEAD, and tell a wrong method from a wrong path', async () => {
    expect((await node.server.inject({ method: 'HEAD', url: ROUTES.health.path })).statusCode).toBe(200);
    const wrongMethod = await node.server.inject({ url: SIGN });
    expect([wrongMethod.statusCode, openCode(wrongMethod)]).toEqual([405, 'wire/method-not-allowed']);
    for (const url of ['/', '/v1', '/v1/sign/', '/v1/health/', '/v1/%zz']) {
      const unknown = await node.server.inject({ url });
      expect([url, unknown.statusCode, openCode(unknown)]).toEqual([url, 404, 'wire/unknown-route']);
    }
    expect((await node.server.inject({ url: `${ROUTES.health.path}?x=1` })).statusCode).toBe(200);
  });

  it('refuse bodies of another type, form or length', async () => {
    const path = ROUTES.handshake.path;
    const cases: [unknown, Record<string, string>, number, string][] = [
      ['{', {}, 400, 'wire/malformed'],
      ['', {}, 400, 'wire/malformed'],
      ['null', {}, 400, 'wire/malformed'],
      [{ challenge: 'xx' }, {}, 400, 'wire/malformed'],
      [{ challenge: '00'.repeat(32), more: 1 }, {}, 400, 'wire/malformed'],
      [{ challenge: '00'.repeat(32) }, { 'content-type': 'text/plain' }, 400, 'wire/bad-body'],
      [`"${'x'.repeat(ROUTES.handshake.bodyBytesMax)}"`, {}, 413, 'wire/too-large'],
    ];
    for (const [payload, headers, status, code] of cases) {
      const answer = await node.post(path, payload, { headers });
      expect([payload, answer.statusCode, openCode(answer)]).toEqual([payload, status, code]);
    }
  });

  it('show nothing of an error that is not ours', async () => {
    node.handlers.onHandshake = async () => {
      throw new Error('the share is 1234');
    };
    const answer = await node.post(ROUTES.handshake.path, { challenge: '00'.repeat(32) });
    expect([answer.statusCode, openCode(answer)]).toEqual([500, 'bug/unexpected']);
    expect(answer.body).not.toContain('1234');
    expect(JSON.stringify(node.lines)).not.toContain('1234');
    expect(node.lines.at(-1)).toMatchObject({ level: 'error', cause: 'Error' });
  });

  it('count themselves', async () => {
    await node.server.inject({ url: ROUTES.health.path });
    await node.server.inject({ url: '/nowhere/at/all' });
    const text = (await node.server.inject({ url: '/metrics' })).body;
    expect(text).toContain('keymesh_requests_total{route="/v1/health",status="200",node="test"} 1');
    expect(text).toContain('keymesh_requests_total{route="unknown",status="404",node="test"} 1');
    expect(text).toContain('keymesh_refusals_total{code="wire/unknown-route",node="test"} 1');
    // A path of a stranger's choice would make a new series each time.
    expect(text).not.toContain('nowhere');
  });
});

describe('sealed routes', () => {
  it('answer sealed to the client', async () => {
    const { body, replyKey } = sealed(signRequest, node.clock.now());
    const answer = await node.post(SIGN, body);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain('publicKey');
    expect(open('sign', answer, replyKey)).toEqual(ANSWER);
  });

  it('answer errors sealed, with their status and the request id, once the request is open', async () => {
    const cases: [RouteName, unknown, number, string][] = [
      ['sign', { ...signRequest, signers: [3, 2, 1] }, 400, 'wire/malformed'],
      ['sign', 'not json', 400, 'wire/malformed'],
      ['decrypt', decryptRequest, 403, 'conditions/denied'],
    ];
    for (const [name, plaintext, status, code] of cases) {
      const { body, replyKey } = sealed(plaintext, node.clock.now());
      const answer = await node.post(ROUTES[name].path, body);
      expect(answer.statusCode).toBe(status);
      expect(answer.body).not.toContain(code);
      expect(open(name, answer, replyKey)).toMatchObject({
        error: { code },
        requestId: answer.headers['x-request-id'],
      });
    }
  });

  it('keep what a request says out of the log', async () => {
    node.handlers.onSign = async () => {
      throw refusal('conditions/denied', 'caller', 'The diagnosis of patient 7 is wanted.');
    };
    await node.post(SIGN, sealed(signRequest, node.clock.now()).body);
    expect(JSON.stringify(node.lines)).not.toContain('patient');
    expect(node.lines.at(-1)).toMatchObject({ level: 'info', error: { code: 'conditions/denied', fault: 'caller' } });
    node.handlers.onSign = async () => {
      throw refusal('chain/unreachable', 'environment', 'The chain is dead.');
    };
    await node.post(SIGN, sealed(signRequest, node.clock.now()).body);
    expect(node.lines.at(-1)).toMatchObject({ level: 'warn', error: { message: 'The chain is dead.' } });
  });

  it('take the same sealed bytes once, also if what is not under the seal is changed', async () => {
    const { body } = sealed(signRequest, node.clock.now());
    expect((await node.post(SIGN, body)).statusCode).toBe(200);
    const { created_at } = body.payload;
    const rewritten = { ...body.payload, created_at: created_at.replace(/(\.\d+)?Z$/, '.999Z') };
    for (const again of [body, { ...body, epoch: 7 }, { ...body, payload: rewritten }]) {
      const answer = await node.post(SIGN, again, { from: '192.0.2.9' });
      expect([answer.statusCode, openCode(answer)]).toEqual([409, 'wire/replayed']);
    }
    expect(node.handlers.signs).toBe(1);
  });

  it.each([
    ['too old', -SEALED_REQUEST_AGE_MAX_MS - 1_000, 'sealing/expired'],
    ['from the future', SEALED_REQUEST_FUTURE_MAX_MS + 2_000, 'sealing/from-future'],
  ])('refuse a request that is %s', async (_what, offsetMs, code) => {
    const answer = await node.post(SIGN, sealed(signRequest, node.clock.now() + offsetMs).body);
    expect([answer.statusCode, openCode(answer)]).toEqual([400, code]);
  });

  it('recognise a repeat for as long as the seal is good', async () => {
    const { body } = sealed(signRequest, node.clock.now() + SEALED_REQUEST_FUTURE_MAX_MS);
    await node.post(SIGN, body);
    const codes = new Set<string>();
    for (let waited = 0; waited <= 125_000; waited += 5_000) {
      const answer = await node.post(SIGN, body);
      codes.add(openCode(answer));
      node.clock.advance(5_000);
    }
    expect([...codes]).toEqual(['wire/replayed', 'sealing/expired']);
    expect(node.handlers.signs).toBe(1);
  });

  it('refuse what is altered, sealed to another key, or no envelope', async () => {
    const { body } = sealed(signRequest, node.clock.now());
    const flipped = body.payload.ciphertext_and_tag.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const cases: [unknown, number, string][] = [
      [{ ...body, payload: { ...body.payload, ciphertext_and_tag: flipped } }, 421, 'sealing/not-authentic'],
      [sealed(signRequest, node.clock.now(), new Uint8Array(32).fill(9)).body, 421, 'sealing/not-authentic'],
      [{ ...body, payload: { ...body.payload, verification_key: '00'.repeat(32) } }, 421, 'sealing/not-authentic'],
      [signRequest, 400, 'wire/malformed'],
      ['[', 400, 'wire/bad-body'],
      ['['.repeat(10_000) + ']'.repeat(10_000), 400, 'wire/malformed'],
    ];
    for (const [payload, status, code] of cases) {
      const answer = await node.post(SIGN, payload);
      expect([answer.statusCode, openCode(answer)]).toEqual([status, code]);
    }
    expect(node.handlers.signs).toBe(0);
  });

  it('refuse a body longer than any request', async () => {
    const answer = await node.post(SIGN, 'x'.repeat(ROUTES.sign.bodyBytesMax + 1));
    expect([answer.statusCode, openCode(answer)]).toEqual([413, 'wire/too-large']);
  });
});

describe('browsers', () => {
  const origin = 'https://app.example';

  it('may ask before they call', async () => {
    const preflight = await node.server.inject({
      ...{ method: 'OPTIONS', url: SIGN },
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    expect(preflight.headers['access-control-allow-methods']).toContain('POST');
    expect(preflight.headers['access-control-allow-headers']).toContain('content-type');
    expect(Number(preflight.headers['access-control-max-age'])).toBeGreaterThan(0);
  });

  it('may read answers and refusals, and the id of the request', async () => {
    const answers = [
      await node.server.inject({ url: ROUTES.health.path, headers: { origin } }),
      await node.server.inject({ url: '/nowhere', headers: { origin } }),
      await node.post(SIGN, '[', { headers: { origin } }),
    ];
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers['access-control-expose-headers']).toContain('x-request-id');
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
  });
});
