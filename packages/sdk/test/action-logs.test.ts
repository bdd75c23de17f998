import { encodeStreamLine, type RequestOf, STREAM_CONTENT_TYPE, type StreamLine } from '@keymesh/protocol/routes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allowExecution, createSession, executeAction, type Network, type Session } from '../src/index.ts';
import { freshConnection } from './testnet/connection.ts';
import * as faults from './testnet/faults.ts';
import { OWNER, Testnet, testBackends } from './testnet/testnet.ts';

const testnet = new Testnet(4, await testBackends());
let network: Network;
let session: Session;
beforeEach(async () => {
  ({ network } = await freshConnection(testnet));
  session = await createSession(network, { wallet: OWNER, capabilities: [allowExecution()] });
});
afterEach(() => testnet.faults.clear());

type Lines = readonly StreamLine[];

/** Answers a run in lines that the test may change. */
const streaming = (
  change: (lines: Lines) => Lines = (lines) => lines,
  sealedBy?: (exchange: faults.Exchange) => faults.Exchange['node'],
): faults.Fault =>
  faults.only('execute', async (exchange) => {
    const { node, opened } = exchange;
    if ((opened.request as RequestOf<'execute'>).stream !== true) return node.answer(opened);
    const answer = (await node.handle(opened)) as object;
    const lines = change([
      { at: 0, kind: 'progress', content: '{"logs":"one\\n"}' },
      { at: 1, kind: 'progress', content: '{"logs":"two\\n"}' },
      { at: 2, kind: 'answer', content: JSON.stringify(answer) },
    ]);
    const sealed = lines.map((line) => (sealedBy?.(exchange) ?? node).seal(opened, encodeStreamLine(line)));
    return new Response(sealed.map((line) => `${line}\n`).join(''), {
      headers: { 'content-type': STREAM_CONTENT_TYPE },
    });
  });

async function run(logs = 'one\ntwo\nthree\n') {
  const told: Record<number, string[]> = {};
  const onLogs = ({ party }: { readonly party: number }, piece: string): void => {
    told[party] = [...(told[party] ?? []), piece];
  };
  const code = JSON.stringify({ logs, response: 'ok' });
  const jsParams = { tokenId: testnet.tokenId };
  const { nodes } = await executeAction(network, { session, code, jsParams, onLogs });
  return { told, logs: nodes.map((node) => node.logs) };
}
type Refusal = { readonly code: string; readonly culprits?: readonly number[] };
const errorOf = async (running: Promise<unknown>): Promise<Refusal> =>
  running.then(
    () => ({ code: 'it ended well' }),
    (error: Refusal) => error,
  );

describe('logs while a program runs', () => {
  test('are told as they come, and the rest with the answer', async () => {
    testnet.faults.set(1, streaming());
    const { told, logs } = await run();
    expect(told).toEqual({
      1: ['one\n', 'two\n', 'three\n'],
      2: ['one\ntwo\nthree\n'],
      3: ['one\ntwo\nthree\n'],
    });
    expect(new Set(logs)).toEqual(new Set(['one\ntwo\nthree\n']));
  });

  test('are not asked for where nobody listens', async () => {
    testnet.faults.set(1, streaming());
    const code = JSON.stringify({ logs: 'one\n', response: 'ok' });
    const result = await executeAction(network, { session, code, jsParams: { tokenId: testnet.tokenId } });
    expect(result.logs).toBe('one\n');
  });

  test.each<readonly [string, (lines: Lines) => Lines]>([
    ['leaves a line out', ([, ...rest]) => rest],
    ['leaves one out in between', ([first, , last]) => [first!, last!]],
    ['says a line twice', ([first, ...rest]) => [first!, first!, ...rest]],
    ['goes on after the end', (lines) => [...lines, { at: 3, kind: 'progress', content: '{"logs":""}' }]],
    ['tells something else', ([, ...rest]) => [{ at: 0, kind: 'progress', content: '{"secret":1}' }, ...rest]],
    [
      'answers other logs than it told',
      ([first, , last]) => [first!, { ...last!, at: 1, content: last!.content.replace('one', 'One') }],
    ],
  ])('from a node that %s name it', async (_, change) => {
    testnet.faults.set(1, streaming(change));
    expect(await errorOf(run())).toMatchObject({ code: 'sdk/too-few-nodes', culprits: [1] });
  });

  test('under the seal of another node name who gave them', async () => {
    testnet.faults.set(
      1,
      streaming(undefined, ({ others }) => others[0]!),
    );
    expect(await errorOf(run())).toMatchObject({ code: 'sdk/too-few-nodes', culprits: [1] });
  });

  test('without an end are no answer, and blame nobody', async () => {
    testnet.faults.set(
      1,
      streaming((lines) => lines.slice(0, 2)),
    );
    const error = await errorOf(run());
    expect([error.code, error.culprits]).toEqual(['sdk/too-few-nodes', []]);
  });

  test('may end with the node’s own error', async () => {
    const error = { code: 'actions/sandbox-failed', fault: 'environment', message: 'No sandbox.' };
    for (const party of [1, 2, 3, 4]) {
      const content = JSON.stringify({ error, requestId: 'r' });
      testnet.faults.set(
        party,
        streaming(([first]) => [first!, { at: 1, kind: 'error', content }]),
      );
    }
    expect(await errorOf(run())).toMatchObject({ code: 'actions/sandbox-failed' });
  });
});
