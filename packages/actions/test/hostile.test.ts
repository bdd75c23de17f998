import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findWalls, requireWalls, standingWalls } from '../src/sandbox/walls.ts';
import { Programs } from './program-under-test.ts';

const limits = { runTimeMsMax: 1_500 };
const NO_WALLS = findWalls('/nowhere', '/nowhere');
let programs: Programs;
beforeAll(() => {
  programs = new Programs();
});
afterAll(() => programs.stop());
const inAsync = (body: string): string => `(async () => { ${body} })()`;

// Where the kernel allows no user namespaces (some containers), the suite runs behind what stands.
it.skipIf(findWalls().bubblewrap === undefined)('stands behind all walls on this machine', () => {
  requireWalls(findWalls());
  const standing = standingWalls(findWalls());
  expect(standing.filter((wall) => wall !== 'cgroup')).toEqual(['deno', 'bubblewrap', 'prlimit', 'seccomp']);
});

it('knows when walls are missing', () => {
  expect(standingWalls(NO_WALLS)).toEqual(['deno']);
  expect(() => requireWalls(NO_WALLS)).toThrow(expect.objectContaining({ code: 'actions/no-walls' }));
});

describe.each([
  { name: 'both walls', walls: findWalls() },
  { name: 'Deno alone', walls: NO_WALLS },
])('behind $name', ({ walls }) => {
  let contained: Programs;
  beforeAll(() => {
    contained = new Programs({ walls });
  });
  afterAll(() => contained.stop());

  it.each([
    ['an endless loop', 'for (;;) {}', /runTimeMsMax = 1500/],
    ['an endless loop of promises', inAsync('for (;;) await null'), /runTimeMsMax/],
    ['a promise flood', 'const f = () => Promise.resolve().then(() => { f(); f() }); f()', /runTimeMsMax|heapMiBMax/],
    ['an expression that backtracks', '/^(a+)+$/.test("a".repeat(50) + "b")', /runTimeMsMax/],
    ['a timer that never ends', 'setInterval(() => {}, 10)', /runTimeMsMax/],
    ['a string bomb', 'let s = "x"; for (;;) s += s', /RangeError|heapMiBMax/],
    ['a map bomb', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, {})', /heapMiBMax|runTimeMsMax|RangeError/],
    ['deep recursion', 'const f = () => f() + 1; f()', /RangeError: Maximum call stack/],
    ['a log flood', 'for (;;) console.log("x".repeat(1000))', /logBytesMax = 102400/],
    ['one long log', 'console.log("x".repeat(2e5))', /logBytesMax/],
    [
      'a response that is too long',
      'Lit.Actions.setResponse({ response: "x".repeat(2e6) })',
      /responseBytesMax = 1048576/,
    ],
    ['a frame that is too long', 'Lit.Actions.setResponse({ response: "x".repeat(9e6) })', /no-result|heapMiBMax/],
    ['a call flood', 'for (;;) Lit.Actions.getRpcUrl({ chain: "a" })', /GUEST_CALLS|heapMiBMax|runTimeMsMax/],
    [
      'a flood of responses',
      'for (;;) Lit.Actions.setResponse({ response: "x".repeat(1e6) })',
      /no-result|runTimeMsMax|heapMiBMax/,
    ],
    ['calls that it does not have', inAsync('await Lit.Actions.nothing()'), /TypeError/],
    ['too many fetches', inAsync('for (;;) await fetch("http://10.0.0.1/").catch(() => {})'), /fetchesMax = 75/],
    ['a stack that lies', 'Error.prepareStackTrace = () => ({ toString() { throw 1 } }); null.x', /script-error/],
    ['a stack that grows', 'Error.prepareStackTrace = () => "x".repeat(1e6); null.x', /script-error: x{4096}$/],
    ['a thrown getter', 'throw { get stack() { throw 1 }, toString() { throw 2 } }', /script-error/],
    ['a thrown proxy', 'throw new Proxy({}, { get() { throw 1 } })', /script-error/],
    ['a fork', inAsync('const { spawn } = await import("node:child_process"); spawn("/bin/sh")'), /script-error/],
    [
      'a file',
      inAsync('const fs = await import("node:fs"); console.log(fs.readFileSync("/etc/passwd", "utf8"))'),
      /script-error/,
    ],
    [
      '/proc',
      inAsync('const fs = await import("node:fs"); console.log(fs.readFileSync("/proc/self/environ", "utf8"))'),
      /script-error/,
    ],
    [
      'the environment',
      inAsync('const p = await import("node:process"); console.log(JSON.stringify(p.default.env))'),
      /^(?!.*PATH)/,
    ],
    [
      'the network',
      inAsync(
        'const net = await import("node:net"); await new Promise((ok, no) => net.connect(80, "1.1.1.1").on("error", no).on("connect", ok))',
      ),
      /script-error/,
    ],
    ['an import from the web', inAsync('await import("https://example.org/a.js")'), /script-error/],
    ['an import of a file', inAsync('await import("file:///etc/passwd")'), /script-error/],
  ])('%s is contained', async (_name, source, expected) => {
    expect(await contained.logsOf(source, { limits })).toMatch(expected);
  });

  it('a heap bomb ends at its own limit, if there is time for it', async () => {
    const source = 'const a = []; for (;;) a.push(new Array(1e4).fill(0.5))';
    expect(await contained.logsOf(source, { limits: { runTimeMsMax: 20_000 } })).toMatch(/heapMiBMax = 256/);
  });

  it('spoilt prototypes harm nobody but the program', async () => {
    const source = `
      Array.prototype.push = Array.prototype.map = Object.prototype.toString = () => { throw 1 };
      JSON.stringify = JSON.parse = () => 'x'; Promise.prototype.then = () => {}; Object.entries = () => [];
      Object.prototype.kind = 'done'; Object.defineProperty(Object.prototype, 'op', { get() { throw 1 } });
      Lit.Actions.setResponse({ response: 'still here' });
    `;
    const { response, error } = await contained.run(source, { limits });
    expect([response, error]).toEqual(['still here', undefined]);
    expect(({} as { kind?: string }).kind).toBeUndefined();
    expect(await contained.logsOf('console.log(1)')).toBe('1');
  });

  it('parameters that reach for prototypes reach none', async () => {
    const jsParams = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}') as Record<
      string,
      unknown
    >;
    expect(await contained.logsOf('console.log(({}).polluted, typeof ({}).toString)', { jsParams })).toBe(
      'undefined function',
    );
    const args =
      'await Lit.Actions.call({ ipfsId: "x", params: JSON.parse(\'{"__proto__": {"polluted": 1}}\') }).catch(() => {})';
    await contained.run(inAsync(args));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

it('array buffers and WebAssembly memory end at the limit of the kernel', async () => {
  const buffers = 'const a = []; for (;;) a.push(new Uint8Array(1e8).fill(1))';
  expect(await programs.logsOf(buffers, { limits })).toMatch(/RangeError|no-result|memoryMiBMax = 384/);
  const memory =
    'const a = []; for (;;) { const m = new WebAssembly.Memory({ initial: 1000 }); new Uint8Array(m.buffer).fill(1); a.push(m) }';
  expect(await programs.logsOf(memory, { limits })).toMatch(/RangeError|no-result|memoryMiBMax = 384/);
});

it('one program sees nothing of another, and others go on beside a hostile one', async () => {
  await programs.run('globalThis.left = 1; Object.prototype.left = 2; Lit.Headers.set("left", "3")');
  expect(await programs.logsOf('console.log(typeof left, ({}).left, Lit.Headers.get("left"))')).toBe(
    'undefined undefined null',
  );
  const hostile = programs.run('for (;;) {}', { limits });
  const started = performance.now();
  for (let i = 0; i < 5; i++) expect(await programs.logsOf('console.log("fine")')).toBe('fine');
  expect(performance.now() - started).toBeLessThan(limits.runTimeMsMax);
  expect((await hostile).error?.code).toBe('actions/limit-exceeded');
});

it('no process and no descriptor is left after many runs', async () => {
  const children = (): number =>
    execFileSync('ps', ['--ppid', `${process.pid}`, '-o', 'pid='], { encoding: 'utf8' })
      .trim()
      .split('\n').length;
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const settle = () => new Promise((resolve) => setTimeout(resolve, 500));
  await settle();
  const before = [children(), descriptors()] as const;
  await Promise.all(Array.from({ length: 40 }, (_, i) => programs.run(i % 4 === 0 ? 'throw 1' : 'console.log(1)')));
  await settle();
  expect(children()).toBeLessThanOrEqual(before[0] + 1);
  expect(descriptors()).toBeLessThanOrEqual(before[1] + 4);
}, 60_000);

it('is refused when its text or its parameters are too long', async () => {
  await expect(programs.run('x'.repeat(11), { limits: { codeBytesMax: 10 } })).rejects.toMatchObject({
    code: 'actions/limit-exceeded',
    details: { limit: 'codeBytesMax', value: 10, used: 11 },
  });
  await expect(programs.run('', { jsParams: { a: 'x'.repeat(70_000) } })).rejects.toMatchObject({
    details: { limit: 'paramsBytesMax' },
  });
});
