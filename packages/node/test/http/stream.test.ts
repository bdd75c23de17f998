import type { AddressInfo } from 'node:net';
import { decodeStreamLine, ROUTES, STREAM_CONTENT_TYPE } from '@keymesh/protocol/routes';
import { openResponse, type ReplyKey } from '@keymesh/protocol/sealing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANSWER, type EchoHandlers, refusal } from './echo-handlers.ts';
import { open, type ServerUnderTest, sealed, serverUnderTest, signRequest } from './server-under-test.ts';

const SIGN = ROUTES.sign.path;

let node: ServerUnderTest;
let url: string;
beforeEach(async () => {
  node = await serverUnderTest();
  await node.server.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(node.server.server.address() as AddressInfo).port}${SIGN}`;
});
afterEach(() => node.server.close());

async function ask(onSign: EchoHandlers['onSign']): Promise<{ answer: Response; replyKey: ReplyKey }> {
  node.handlers.onSign = onSign;
  const { body, replyKey } = sealed(signRequest, node.clock.now());
  const headers = { 'content-type': 'application/json' };
  return { answer: await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }), replyKey };
}
const linesOf = (text: string, replyKey: ReplyKey) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => decodeStreamLine(openResponse(JSON.parse(line), replyKey)));

describe('an answer with progress', () => {
  it('is sealed line by line, each of which leaves before the next is known', async () => {
    let goOn = (): void => {};
    const { answer, replyKey } = await ask(async (_, { progress }) => {
      progress('first');
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      progress({ second: 2 });
      return ANSWER;
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, STREAM_CONTENT_TYPE]);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    const first = decoder.decode((await reader.read()).value);
    expect(linesOf(first, replyKey)).toEqual([{ at: 0, kind: 'progress', content: '"first"' }]);
    goOn();
    let rest = '';
    for (let next = await reader.read(); !next.done; next = await reader.read()) rest += decoder.decode(next.value);
    expect(linesOf(rest, replyKey)).toEqual([
      { at: 1, kind: 'progress', content: '{"second":2}' },
      { at: 2, kind: 'answer', content: JSON.stringify(ANSWER) },
    ]);
    expect(first + rest).not.toContain('first');
  });

  it('can end with an error, which is counted as any other', async () => {
    const { answer, replyKey } = await ask(async (_, { progress }) => {
      progress(1);
      throw refusal('signing/failed', 'environment');
    });
    const [, last] = linesOf(await answer.text(), replyKey);
    expect([last?.kind, JSON.parse(last?.content ?? '')]).toMatchObject([
      'error',
      { error: { code: 'signing/failed' } },
    ]);
    expect((await node.server.inject({ url: '/metrics' })).body).toContain('code="signing/failed"');
  });

  it('that nobody reads to its end harms nothing', async () => {
    let ended = false;
    const { answer } = await ask(async (_, { progress }) => {
      progress('first');
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (let i = 0; i < 10; i++) progress('x'.repeat(100_000));
      ended = true;
      return ANSWER;
    });
    await answer.body?.cancel();
    await expect.poll(() => ended).toBe(true);
    const next = await ask(async () => ANSWER);
    expect(next.answer.status).toBe(200);
  });

  it('is an answer in one piece without any', async () => {
    const { answer, replyKey } = await ask(async () => ANSWER);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(open('sign', { statusCode: 200, body: await answer.text() }, replyKey)).toEqual(ANSWER);
  });
});
