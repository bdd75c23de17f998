import { cidOf } from '@keymesh/protocol/cid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { divergence } from '../src/recording/divergence.ts';
import { knownAnswers } from '../src/recording/known-answers.ts';
import { Recorder } from '../src/recording/recorder.ts';
import type { RecordedProgram, Recording } from '../src/recording/recording.ts';
import { type ReplayOutcome, replay } from '../src/recording/replay.ts';
import { clock, Programs, Rounds, type RunOptions } from './program-under-test.ts';
import { serve } from './test-network.ts';

let programs: Programs;
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  let served = 0;
  server = await serve((_request, response) => {
    served += 1;
    // The later request is answered sooner.
    const number = String(served);
    setTimeout(() => response.end(number), served % 2 === 1 ? 60 : 5);
  });
  programs = new Programs({ allowedHosts: ['127.0.0.1'] });
});
afterAll(async () => {
  await programs.stop();
  await server.close();
});

const inAsync = (body: string): string => `(async () => { ${body} })()`;

async function record(source: string, options: RunOptions = {}): Promise<{ recording: Recording; logs: string }> {
  const recorder = new Recorder();
  const { logs } = await programs.run(source, { ...options, observer: recorder });
  // As it travels.
  return { recording: JSON.parse(JSON.stringify(recorder.recording)) as Recording, logs };
}

async function repeat(program: RecordedProgram | undefined): Promise<ReplayOutcome> {
  return programs.pool.with((sandbox) => replay(program as RecordedProgram, { sandbox, clock }));
}

/** Everything that differs from one run to the next. */
const CHANCE = (url: string): string =>
  inAsync(`
  const lines = [];
  lines.push(Math.random(), Date.now(), new Date().toISOString(), Date(), performance.now(), crypto.randomUUID());
  lines.push(crypto.getRandomValues(new Uint16Array(4)).join());
  const tick = setInterval(() => lines.push('tick'), 7);
  const [a, b] = await Promise.all(['a', 'b'].map(async (name) => {
    const text = await (await fetch('${url}')).text();
    lines.push(name + text);
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name + text));
    lines.push(name + new Uint8Array(hash)[0]);
    return text;
  }));
  await new Promise((resolve) => setTimeout(resolve, 30, 'late'));
  clearInterval(tick);
  const aborted = await new Promise((resolve) => {
    AbortSignal.timeout(5).onabort = (event) => resolve(event.target.reason.name);
  });
  console.log(lines.join(), a, b, aborted, new Date(0).getTime(), new Date() instanceof Date);
  Lit.Actions.setResponse({ response: lines.join('|') });
`);

describe('a run that was recorded', () => {
  it('is repeated bit for bit, whatever it drew, waited for and got', async () => {
    const { recording, logs } = await record(CHANCE(`http://127.0.0.1:${server.port}/`));
    const [program] = recording.runs;
    expect(logs).toContain('TimeoutError 0 true');
    expect(await repeat(program)).toEqual({ isSame: true, events: program?.events.length });
    const again = await record(CHANCE(`http://127.0.0.1:${server.port}/`));
    expect(again.logs).not.toBe(logs);
  });

  it('is repeated in the order of the recording, however long the runtime takes for each thing', async () => {
    const source = inAsync(`
      const order = [];
      await Promise.all([2e7, 1].map(async (length) => {
        await crypto.subtle.digest('SHA-256', new Uint8Array(length));
        order.push(length);
      }));
      console.log(order.join());`);
    const { recording } = await record(source);
    const program = recording.runs[0] as RecordedProgram;
    expect(await repeat(program)).toMatchObject({ isSame: true });
    for (const [ids, text] of [
      [[1, 2], '20000000,1\n'],
      [[2, 1], '1,20000000\n'],
    ] as const) {
      const fired = ids.map((id) => ({ kind: 'fired', id }) as const);
      const events = [...fired, { kind: 'log', text } as const, { kind: 'done' } as const];
      expect(await repeat({ ...program, events })).toEqual({ isSame: true, events: 4 });
    }
  });

  it('has what the program does about one thing before the next comes', async () => {
    const source = inAsync(`await Promise.all(Array.from({ length: 12 }, async (_, at) => {
      await crypto.subtle.digest('SHA-256', Uint8Array.of(at));
      console.log(at);
    }))`);
    const { recording } = await record(source);
    const kinds = recording.runs[0]?.events.map(({ kind }) => kind);
    expect(kinds).toEqual([...Array.from({ length: 12 }, () => ['fired', 'log']).flat(), 'done']);
    expect(await repeat(recording.runs[0])).toMatchObject({ isSame: true });
  });

  it('is seen to differ where its recording was changed', async () => {
    const { recording } = await record('console.log("a", Math.random()); console.log("b")');
    const program = recording.runs[0] as RecordedProgram;
    expect(program.events.map(({ kind }) => kind)).toEqual(['drew', 'log', 'log', 'done']);
    const changed = { ...program, events: [...program.events] };
    changed.events[2] = { kind: 'log', text: 'c\n' };
    expect(await repeat(changed)).toEqual({
      ...{ isSame: false, at: 2, expected: { kind: 'log', text: 'c\n' }, got: { kind: 'log', text: 'b\n' } },
    });
    const other = { ...program, source: 'console.log("a", Math.random())' };
    expect(await repeat(other)).toMatchObject({ isSame: false, at: 2, got: { kind: 'done' } });
  });

  it('is repeated with its errors, those of its node included', async () => {
    for (const source of [
      inAsync('await fetch("http://10.0.0.1/")'),
      inAsync('try { await fetch("http://10.0.0.1/") } catch (error) { console.log(error.code) } nowhere()'),
      'throw { not: "an error" }',
    ]) {
      const { recording } = await record(source);
      expect(await repeat(recording.runs[0])).toMatchObject({ isSame: true });
    }
  });

  it('is repeated up to where a limit ended it', async () => {
    const { recording } = await record('console.log(1); for (;;) console.log("x".repeat(1000))', {
      limits: { logBytesMax: 4_000 },
    });
    expect(recording.runs[0]?.events.at(-1)).toMatchObject({ kind: 'ended', code: 'actions/limit-exceeded' });
    expect(await repeat(recording.runs[0])).toMatchObject({ isSame: true });
  });

  it('has its children, each of which can be repeated', async () => {
    const child = 'console.log("child", jsParams.n, Date.now()); Lit.Actions.setResponse({ response: "from it" })';
    const parent = inAsync(
      `console.log(await Lit.Actions.call({ ipfsId: '${cidOf(child)}', params: { n: 7 } }), Date.now())`,
    );
    const { recording } = await record(parent, { host: { loadAction: async () => child } });
    expect(recording.runs.map(({ programs: stack }) => stack)).toEqual([
      [cidOf(parent)],
      [cidOf(parent), cidOf(child)],
    ]);
    for (const program of recording.runs) expect(await repeat(program)).toMatchObject({ isSame: true });
  });

  it('is not kept when it is too long', async () => {
    const recorder = new Recorder();
    const observer = recorder.program('x', ['Qm'], { jsParams: {}, auth: {}, headers: [] });
    for (let i = 0; i < 9; i++) observer.on({ kind: 'log', text: 'x'.repeat(1024 * 1024) });
    expect(recorder.recording).toBeUndefined();
  });
});

it('the clock and chance of a program that is not traced are the runtime’s own', async () => {
  const source = 'console.log(Math.random.toString(), Date.now.toString())';
  expect(await programs.logsOf(source)).toBe('function random() { [native code] } function now() { [native code] }');
});

it('a changed program gets the answers that its calls got when they were recorded', async () => {
  const url = `http://127.0.0.1:${server.port}/`;
  const fetched = `const text = await (await fetch('${url}')).text();`;
  const { recording, logs } = await record(inAsync(`${fetched} console.log(text)`));
  const known = knownAnswers(recording.runs);
  const changed = await programs.run(inAsync(`${fetched} console.log('got', text)`), { known });
  expect(changed.logs).toBe(`got ${logs}`);
});

describe('the runs of two nodes', () => {
  const runs = async (source: string): Promise<[Recording, Recording]> => {
    const rounds = new Rounds([1, 2]);
    const [first, second] = await Promise.all(
      [1, 2].map(async (self) => (await record(source, { host: { peers: rounds.peersOf(self) } })).recording),
    );
    return [first as Recording, second as Recording];
  };

  it('do not part because of time and chance alone', async () => {
    const source = inAsync(`
      const values = await Lit.Actions.broadcastAndCollect({ name: 'n', value: String(Math.random()) });
      const once = await Lit.Actions.runOnce({ name: 'once' }, async () => {
        console.log('only here');
        return (await fetch('http://127.0.0.1:${server.port}/')).text();
      });
      Lit.Actions.setResponse({ response: values.join() + once });`);
    const [first, second] = await runs(source);
    expect(first.runs[0]?.events.length).not.toBe(second.runs[0]?.events.length);
    expect(divergence(first, second)).toBeUndefined();
  });

  it('part where they do something else, rather than where they log something else', async () => {
    const drawn = 'const drawn = Math.random(); console.log(drawn);';
    const source = inAsync(`${drawn} await Lit.Actions.broadcastAndCollect({ name: 'n', value: '1' });
      Lit.Actions.setResponse({ response: String(drawn) })`);
    const found = divergence(...(await runs(source)));
    expect(found?.first?.kind).toBe('response');
    expect(found?.causes.map(({ first }) => first.kind)).toEqual(['drew', 'log']);
  });

  it('part where the programs do something else, and what was given to them before is told', async () => {
    const found = divergence(...(await runs('const drawn = Math.random(); console.log("same"); console.log(drawn)')));
    expect(found).toMatchObject({
      ...{ at: 2, first: { kind: 'log' }, second: { kind: 'log' } },
      causes: [{ at: 0, first: { kind: 'drew', what: 'Math.random' } }],
    });
    const url = `http://127.0.0.1:${server.port}/`;
    const fetching = inAsync(
      `const text = await (await fetch('${url}')).text(); if (Number(text) % 2) console.log(text)`,
    );
    const parted = divergence(...(await runs(fetching)));
    expect(parted?.causes[0]?.call).toMatchObject({ op: 'fetch', args: { url } });
    expect([parted?.first?.kind, parted?.second?.kind].sort()).toEqual(['done', 'log']);
  });
});
