import { ROUTES } from '@keymesh/protocol/routes';
import { afterEach, describe, expect, it } from 'vitest';
import { InFlight, Place } from '../../src/http/in-flight.ts';
import { REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX } from '../../src/http/limits.ts';
import { refusal } from './echo-handlers.ts';
import { openCode, type ServerUnderTest, sealed, serverUnderTest, signRequest } from './server-under-test.ts';

const SIGN = ROUTES.sign.path;
let node: ServerUnderTest;
afterEach(() => node.server.close());

const health = (from: string, headers: Record<string, string> = {}) =>
  node.server.inject({ url: ROUTES.health.path, remoteAddress: from, headers });

describe('the rate of an address', () => {
  it('is bounded, also for paths that do not exist, and is its own', async () => {
    node = await serverUnderTest({ requestsPerMinute: 4 });
    for (let i = 0; i < 3; i += 1) expect((await health('192.0.2.1')).statusCode).toBe(200);
    expect((await node.server.inject({ url: '/nowhere', remoteAddress: '192.0.2.1' })).statusCode).toBe(404);
    for (const url of [ROUTES.health.path, '/nowhere', '/metrics']) {
      const refused = await node.server.inject({ url, remoteAddress: '192.0.2.1' });
      expect([refused.statusCode, openCode(refused)]).toEqual([429, 'wire/too-many-requests']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await health('192.0.2.2')).statusCode).toBe(200);
  });

  it('is that of the connection: nobody chooses an address by a header', async () => {
    node = await serverUnderTest({ requestsPerMinute: 2 });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const headers = { 'x-forwarded-for': `198.51.100.${i}`, 'x-real-ip': `198.51.100.${i}`, forwarded: `for=${i}` };
      statuses.push((await health('192.0.2.1', headers)).statusCode);
    }
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  it('is that which a trusted proxy names, and no other', async () => {
    node = await serverUnderTest({ requestsPerMinute: 1, trustedProxies: ['10.0.0.0/8'] });
    const via = (proxy: string, client: string) => health(proxy, { 'x-forwarded-for': client });
    expect((await via('10.1.2.3', '198.51.100.1')).statusCode).toBe(200);
    expect((await via('10.1.2.3', '198.51.100.2')).statusCode).toBe(200);
    expect((await via('10.1.2.3', '198.51.100.1')).statusCode).toBe(429);
    // A client may prepend what it likes: the proxy's entry is the last.
    expect((await via('10.1.2.3', '203.0.113.5, 198.51.100.1')).statusCode).toBe(429);
    expect((await via('192.0.2.1', '198.51.100.3')).statusCode).toBe(200);
    expect((await via('192.0.2.1', '198.51.100.4')).statusCode).toBe(429);
  });

  it('counts an IPv6 network as one', async () => {
    node = await serverUnderTest({ requestsPerMinute: 2 });
    const statuses: number[] = [];
    for (let i = 1; i <= 3; i += 1) statuses.push((await health(`2001:db8::${i}`)).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await health('2001:db8:0:1::1')).statusCode).toBe(200);
  });

  it('is lower for requests that are refused by their own fault', async () => {
    node = await serverUnderTest({ requestsPerMinute: 50 });
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) statuses.push((await node.post(SIGN, '[')).statusCode);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 429, 429]);
    const good = sealed(signRequest, node.clock.now()).body;
    expect((await node.post(SIGN, good)).statusCode).toBe(429);
    expect((await node.post(SIGN, good, { from: '192.0.2.2' })).statusCode).toBe(200);
  });

  it('counts refusals inside the seal, and not those that are no fault of the client', async () => {
    node = await serverUnderTest({ requestsPerMinute: 30 });
    for (let i = 0; i < 10; i += 1) await node.server.inject({ url: ROUTES.ready.path, remoteAddress: '192.0.2.1' });
    const malformed = () => sealed('{}', node.clock.now()).body;
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await node.post(SIGN, malformed())).statusCode);
    expect(statuses).toEqual([400, 400, 400, 400, 429, 429]);
  });

  it('is refused at debug level: a flood fills no disk', async () => {
    node = await serverUnderTest({ requestsPerMinute: 1 });
    for (let i = 0; i < 5; i += 1) await health('192.0.2.1');
    expect(node.lines.length).toBe(4);
    expect(node.lines.every(({ level }) => level === 'debug')).toBe(true);
  });
});

describe('requests in flight', () => {
  it('of one address are bounded; others and GETs are served meanwhile, and places come back', async () => {
    node = await serverUnderTest();
    const waiting: (() => void)[] = [];
    const notReady = refusal('node/not-ready', 'environment');
    node.handlers.onHandshake = () => new Promise((_resolve, reject) => waiting.push(() => reject(notReady)));
    const post = (from: string) => node.post(ROUTES.handshake.path, { challenge: '00'.repeat(32) }, { from });
    const untilWaiting = async (count: number) => {
      while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const held = Array.from({ length: REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX }, () => post('192.0.2.1'));
    await untilWaiting(held.length);
    const refused = await post('192.0.2.1');
    expect([refused.statusCode, openCode(refused)]).toEqual([429, 'wire/too-many-requests']);
    expect((await health('192.0.2.1')).statusCode).toBe(200);
    const other = post('192.0.2.2');
    await untilWaiting(held.length + 1);
    for (const answer of waiting) answer();
    const statuses = (await Promise.all([...held, other])).map(({ statusCode }) => statusCode);
    expect(new Set(statuses)).toEqual(new Set([503]));
    node.handlers.onHandshake = () => Promise.reject(notReady);
    expect((await post('192.0.2.1')).statusCode).toBe(503);
  });
});

describe('InFlight', () => {
  const limits = { requestsMax: 3, requestsPerAddressMax: 2, bytesMax: 100, bytesPerAddressMax: 60 };

  it('bounds requests and bytes, of each address and in all', () => {
    const inFlight = new InFlight(limits);
    const places = [inFlight.enter('a', 30), inFlight.enter('a', 30)];
    expect(inFlight.enter('a', 0)).toBe('address-full');
    expect(inFlight.enter('b', 61)).toBe('address-full');
    expect(inFlight.enter('b', 41)).toBe('node-full');
    const third = inFlight.enter('b', 40);
    expect(third).toBeInstanceOf(Place);
    expect(inFlight.enter('c', 0)).toBe('node-full');
    (places[0] as Place).close();
    expect(inFlight.enter('c', 30)).toBeInstanceOf(Place);
    expect(inFlight.requests).toBe(3);
  });

  it('keeps the place of a client that hung up until the work ends, and gives it back once', async () => {
    const inFlight = new InFlight(limits);
    const place = inFlight.enter('a', 1) as Place;
    let end: () => void = () => {};
    const work = place.work(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    place.close();
    expect(inFlight.requests).toBe(1);
    end();
    await work;
    expect(inFlight.requests).toBe(0);
    place.close();
    expect(inFlight.requests).toBe(0);
  });

  it('gives the place back when the work fails', async () => {
    const inFlight = new InFlight(limits);
    const place = inFlight.enter('a', 1) as Place;
    await expect(place.work(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(inFlight.requests).toBe(1);
    place.close();
    expect(inFlight.requests).toBe(0);
  });
});
