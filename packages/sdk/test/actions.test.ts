import { KeymeshError } from '@keymesh/foundation';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ActionFailure,
  allowExecution,
  cidOf,
  createSession,
  type ExecuteActionParameters,
  executeAction,
  type Network,
  type Session,
} from '../src/index.ts';
import { freshConnection } from './testnet/connection.ts';
import * as faults from './testnet/faults.ts';
import type { TestProgram } from './testnet/node.ts';
import { OWNER, Testnet, testBackends } from './testnet/testnet.ts';

const { only } = faults;
const testnet = new Testnet(4, await testBackends());
let network: Network;
let session: Session;
beforeEach(async () => {
  ({ network } = await freshConnection(testnet));
  session = await createSession(network, { wallet: OWNER, capabilities: [allowExecution()] });
});
afterEach(() => testnet.faults.clear());

const MESSAGE = '07'.repeat(32);
const signing = (scheme: 'EcdsaK256Sha256' | 'SchnorrEd25519Sha512' | 'Bls12381'): TestProgram => ({
  response: 'signed',
  signs: [{ sigName: 'a', scheme, message: MESSAGE }],
});
const run = (program: TestProgram, more: Partial<ExecuteActionParameters> = {}) =>
  executeAction(network, { session, code: JSON.stringify(program), jsParams: { tokenId: testnet.tokenId }, ...more });
const errorOf = async (running: Promise<unknown>) =>
  running.then(
    () => ({ code: 'it ended well' }) as unknown as ActionFailure,
    (error: ActionFailure) => error,
  );
const denied = only('execute', async ({ node, opened }) =>
  node.refuse(opened, new KeymeshError('No.', { code: 'session/expired', fault: 'caller' })),
);
/** Changes what a node answers for a run. */
const answering = (change: (answer: Record<string, never>) => unknown): faults.Fault =>
  only('execute', async ({ node, opened }) =>
    node.reply(opened, change((await node.handle(opened)) as Record<string, never>)),
  );
const changingShare = answering((answer: Record<string, unknown>) => {
  const signatures = answer.signatures as Record<string, { share: string }>;
  const { a } = signatures;
  const share = a?.share ?? '';
  // Another one in any case: the last byte of one in sixteen scalars of Ed25519 is 00.
  return {
    ...answer,
    signatures: { a: { ...a, share: `${share.slice(0, -2)}${share.endsWith('00') ? '01' : '00'}` } },
  };
});

describe('running a program', () => {
  test('gives its response, its logs, and what each of t nodes said', async () => {
    const result = await run({ response: 'hi', logs: 'line\n' });
    expect(result).toMatchObject({ response: 'hi', logs: 'line\n', signatures: {} });
    expect(result.ipfsId).toBe(cidOf(JSON.stringify({ response: 'hi', logs: 'line\n' })));
    expect(result.nodes.map(({ party }) => party)).toHaveLength(testnet.threshold);
  });

  test.each(['EcdsaK256Sha256', 'SchnorrEd25519Sha512', 'Bls12381'] as const)(
    'combines its signatures: %s',
    async (scheme) => {
      const { signatures } = await run(signing(scheme));
      expect(signatures.a).toMatchObject({ scheme, tokenId: testnet.tokenId });
      if (scheme !== 'EcdsaK256Sha256') return;
      const { signature, publicKey, message } = signatures.a as NonNullable<typeof signatures.a>;
      expect(secp256k1.verify(signature, message, publicKey, { prehash: false })).toBe(true);
    },
  );

  test('chooses among different responses', async () => {
    testnet.faults.set(
      2,
      answering((answer) => ({ ...answer, response: 'odd' })),
    );
    expect((await run({ response: 'even' })).response).toBe('odd');
    expect((await run({ response: 'even' }, { responseStrategy: 'mostCommon' })).response).toBe('even');
    const all = await run({ response: 'even' }, { responseStrategy: (responses) => responses.join() });
    expect(all.response).toBe('even,odd,even');
  });

  test('leaves out who does not answer, and fails when too few do', async () => {
    testnet.faults.set(1, faults.dead);
    expect((await run({})).nodes.map(({ party }) => party)).toEqual([2, 3, 4]);
    testnet.faults.set(3, faults.dead);
    expect(await errorOf(run({}))).toMatchObject({ code: 'sdk/too-few-nodes' });
    expect(testnet.nodes[1]?.received.filter((route) => route === 'execute')).toHaveLength(1);
  });

  describe('that nobody began', () => {
    const notBegun = {
      code: 'actions/not-begun',
      fault: 'environment',
      message: 'The others were not there.',
    } as const;
    const overloaded = only('execute', async ({ node, opened }) =>
      node.refuse(opened, new KeymeshError('Too many programs.', { code: 'actions/overloaded', fault: 'environment' })),
    );
    const saysNotBegun = answering((answer) => ({ ...answer, error: notBegun }));
    const once = (fault: faults.Fault): faults.Fault => only('execute', faults.times(1, fault));
    const runs = () => testnet.nodes.map(({ received }) => received.filter((route) => route === 'execute').length);

    test('because a node refused is tried with others', async () => {
      const before = runs();
      testnet.faults.set(2, overloaded);
      for (const party of [1, 3]) testnet.faults.set(party, once(saysNotBegun));
      const { nodes, response } = await run({ response: 'ran' });
      expect([nodes.map(({ party }) => party), response]).toEqual([[1, 3, 4], 'ran']);
      expect(runs().map((count, at) => count - (before[at] ?? 0))).toEqual([2, 1, 2, 1]);
    });

    test('is not tried for ever', async () => {
      const before = runs();
      for (const party of [1, 2]) testnet.faults.set(party, saysNotBegun);
      for (const party of [3, 4]) testnet.faults.set(party, overloaded);
      expect(await errorOf(run({}))).toMatchObject({ code: 'sdk/too-few-nodes' });
      const tries = runs().map((count, at) => count - (before[at] ?? 0));
      expect(tries.reduce((sum, count) => sum + count)).toBe(4 * 3);
    });

    test.each<readonly [string, readonly [number, () => faults.Fault][]]>([
      ['one began', [[1, () => saysNotBegun]]],
      [
        'one says nothing',
        [
          [1, () => saysNotBegun],
          [3, () => faults.garbage],
        ],
      ],
      [
        'the caller may not',
        [
          [1, () => saysNotBegun],
          [3, () => saysNotBegun],
          [2, () => denied],
        ],
      ],
    ])('is not tried again when %s', async (_, others) => {
      const before = runs();
      testnet.faults.set(2, overloaded);
      for (const [party, fault] of others) testnet.faults.set(party, only('execute', fault()));
      expect((await errorOf(run({}))).code).not.toBe('it ended well');
      expect(runs().map((count, at) => count - (before[at] ?? 0))).toEqual([1, 1, 1, 0]);
    });
  });

  test('fails with the program’s own error, and has everybody’s logs', async () => {
    const error = { code: 'actions/script-error', fault: 'caller', message: 'Error: boom', hint: 'Look.' } as const;
    const failed = await errorOf(run({ error, logs: 'before' }));
    expect(failed).toMatchObject({
      code: 'sdk/action-failed',
      message: 'The action failed: Error: boom',
      hint: 'Look.',
    });
    expect(failed.nodes.map(({ logs }) => logs)).toEqual(['before', 'before', 'before']);
    testnet.faults.set(
      2,
      answering((answer) => ({ ...answer, error })),
    );
    expect((await errorOf(run({ response: 'fine' }))).message).toBe('The action failed on nodes 2 only: Error: boom');
  });

  test('tells why a node ended, and not that the others missed it', async () => {
    const boom = { code: 'actions/script-error', fault: 'caller', message: 'Error: boom' } as const;
    const missed = { ...boom, message: 'Error: others went', details: { thrown: 'actions/diverged' } };
    testnet.faults.set(
      2,
      answering((answer) => ({ ...answer, error: boom })),
    );
    const error = await errorOf(run({ error: missed }));
    expect([error.message, error.details]).toEqual([
      'The action failed on nodes 2 only: Error: boom',
      { reason: 'actions/script-error', parties: [1, 2, 3] },
    ]);
  });

  test('says where nodes part, when it fails or they answer differently', async () => {
    const answers = (steps: string[], rest = {}) => answering((answer) => ({ ...answer, ...rest, steps }));
    const error = { code: 'actions/script-error', fault: 'caller', message: 'Error: boom', hint: 'Look.' } as const;
    const program = { steps: ['fetch GET', 'sign a'], response: 'same' };
    testnet.faults.set(2, answers(['fetch GET'], { error }));
    const failed = await errorOf(run(program));
    expect(failed.hint).toBe('Look. The nodes part at step 2: nodes 1, 3 at "sign a"; node 2 does nothing more.');
    expect(failed.parting).toEqual({
      step: 2,
      nodes: [
        { party: 1, did: 'sign a' },
        { party: 2, did: undefined },
        { party: 3, did: 'sign a' },
      ],
    });
    testnet.faults.set(2, answers(['fetch POST'], { response: 'odd' }));
    expect((await run(program)).parting).toMatchObject({ step: 1 });
    // The same answer of all is no divergence, in whatever order a program did what it did.
    testnet.faults.set(2, answers(['sign a', 'fetch GET']));
    expect((await run(program)).parting).toBeUndefined();
    testnet.faults.set(2, answers(['fetch GET'], { signatures: {} }));
    const diverged = await errorOf(run({ ...signing('SchnorrEd25519Sha512'), steps: ['fetch GET', 'sign a'] }));
    expect([diverged.code, diverged.hint]).toEqual(['sdk/action-diverged', expect.stringContaining('part at step 2')]);
  });

  test('needs a session that may run it, and one program', async () => {
    const other = await createSession(network, { wallet: OWNER, capabilities: [allowExecution(cidOf('other'))] });
    expect(await errorOf(run({}, { session: other }))).toMatchObject({ code: 'session/capability-missing' });
    for (const program of [{ code: 'a', ipfsId: 'b' }, { code: undefined }]) {
      const parameters = { session, ...program } as ExecuteActionParameters;
      expect(await errorOf(executeAction(network, parameters))).toMatchObject({ code: 'sdk/invalid-argument' });
    }
  });
});

describe('a node that lies about a run', () => {
  test.each(['EcdsaK256Sha256', 'SchnorrEd25519Sha512', 'Bls12381'] as const)(
    'with a wrong share of %s is named',
    async (scheme) => {
      testnet.faults.set(2, changingShare);
      const code = scheme === 'Bls12381' ? expect.any(String) : 'sdk/node-lied';
      expect(await errorOf(run(signing(scheme)))).toMatchObject({ code, culprits: [2], fault: 'peer' });
    },
  );

  test('with another program, or as another party, is named', async () => {
    testnet.faults.set(
      2,
      answering((answer) => ({ ...answer, cid: cidOf('other') })),
    );
    expect(await errorOf(run({}))).toMatchObject({ code: 'sdk/node-lied', culprits: [2] });
    testnet.faults.set(
      2,
      answering((answer) => ({ ...answer, party: 3 })),
    );
    expect(await errorOf(run({}))).toMatchObject({ code: 'sdk/too-few-nodes', culprits: [2] });
  });

  test('with another program is named also if all do', async () => {
    for (const party of [1, 2, 3, 4])
      testnet.faults.set(
        party,
        answering((answer) => ({ ...answer, cid: cidOf('other') })),
      );
    expect(await errorOf(run({}))).toMatchObject({ code: 'sdk/node-lied', culprits: [1] });
  });

  test('as leader, and tells two stories, names nobody who is honest', async () => {
    for (const party of [1, 2, 3]) testnet.world.mesh.equivocating.add(party);
    const error = await errorOf(run(signing('SchnorrEd25519Sha512')));
    expect([error.code, error.culprits]).toEqual(['sdk/node-contradicts', []]);
  });

  test('or signs something else, makes no signature', async () => {
    const program = signing('SchnorrEd25519Sha512');
    const changes: ((part: Record<string, unknown>) => Record<string, unknown>)[] = [
      (part) => ({ ...part, message: '08'.repeat(32) }),
      (part) => ({ ...part, scheme: 'SchnorrK256Sha256' }),
      (part) => ({ ...part, name: 'a/1' }),
      (part) => ({ ...part, tokenId: `0x${'01'.repeat(32)}` }),
    ];
    for (const change of changes) {
      testnet.faults.set(
        2,
        answering((answer: Record<string, unknown>) => ({
          ...answer,
          signatures: { a: change((answer.signatures as Record<string, Record<string, unknown>>).a as never) },
        })),
      );
      expect(await errorOf(run(program))).toMatchObject({ code: 'sdk/action-diverged' });
    }
    testnet.faults.set(
      2,
      answering((answer) => ({ ...answer, signatures: {} })),
    );
    expect(await errorOf(run(program))).toMatchObject({ code: 'sdk/action-diverged', details: { sigName: 'a' } });
  });
});
