import { cidOf } from '@keymesh/protocol/cid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Programs, Rounds } from './program-under-test.ts';
import { serve } from './test-network.ts';

let programs: Programs;
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  server = await serve((_request, response) => response.end('answer'));
  programs = new Programs({ allowedHosts: ['127.0.0.1'] });
});
afterAll(async () => {
  await programs.stop();
  await server.close();
});
const inAsync = (body: string): string => `(async () => { ${body} })()`;
const KEY = `0x04${'ab'.repeat(64)}`;

describe('the steps of a program', () => {
  const child = `${inAsync(`await fetch(url + '?key=hidden', { method: 'POST' })`)}`;
  const source = inAsync(`
    await Lit.Actions.broadcastAndCollect({ name: 'prices', value: 'hidden' });
    await Lit.Actions.runOnce({ name: 'ask', waitForResponse: true }, async () => (await fetch(url)).statusText);
    await Lit.Actions.call({ ipfsId: child, params: { url } });
    await Lit.Actions.claimKey({ keyId: 'mine' });
    throw new Error('hidden');
  `);
  const stepsOn = async (self: number, rounds: Rounds): Promise<readonly string[]> => {
    const host = {
      peers: rounds.peersOf(self),
      loadAction: async () => child,
      claimKey: async () => ({ derivedKeyId: '', signature: '' }),
    };
    const jsParams = { url: `http://127.0.0.1:${server.port}/`, child: cidOf(child) };
    return (await programs.run(source, { jsParams, host })).steps;
  };

  it('are the same on every node, whoever leads, and tell no secret', async () => {
    const rounds = new Rounds([1, 2]);
    const [one, two] = await Promise.all([stepsOn(1, rounds), stepsOn(2, rounds)]);
    expect(one).toEqual([
      'broadcastAndCollect prices',
      'runOnceBegin ask',
      'runOnceEnd ask',
      'callChild',
      '> fetch POST',
      'claimKey mine',
    ]);
    expect(two).toEqual(one);
  });

  it('are the same where the leader of one thing is not that of another within it', async () => {
    const rounds = new Rounds([1, 2]);
    const nested = inAsync(`
      await Lit.Actions.runOnce({ name: 'outer', waitForResponse: true }, async () => {
        await Lit.Actions.runOnce({ name: 'in', waitForResponse: false }, async () => '');
        await fetch(url);
        return '';
      });
    `);
    const stepsOf = async (self: number): Promise<readonly string[]> => {
      const jsParams = { url: `http://127.0.0.1:${server.port}/` };
      return (await programs.run(nested, { jsParams, host: { peers: rounds.peersOf(self) } })).steps;
    };
    const [one, two] = await Promise.all([stepsOf(1), stepsOf(2)]);
    expect(one).toEqual(['runOnceBegin outer', 'runOnceEnd outer']);
    expect(two).toEqual(one);
  });

  it('are told up to a number', async () => {
    const { steps } = await programs.run(
      inAsync('for (let i = 0; i < 300; i++) await Lit.Actions.pubkeyToTokenId({ publicKey })'),
      { jsParams: { publicKey: KEY } },
    );
    expect(steps).toHaveLength(256);
  });
});
