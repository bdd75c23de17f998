import { KeymeshError, SecretBytes } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { createLogger, errorFields, type LogLevel } from '../../src/observability/logger.ts';

const SECRET = 'b46c31d1';
const secret = () => new SecretBytes(Uint8Array.from([0xb4, 0x6c, 0x31, 0xd1]));

function logged(level: LogLevel = 'debug') {
  const lines: string[] = [];
  return { lines, logger: createLogger({ name: 'node-1', level }, { write: (line) => lines.push(line) }) };
}

describe('a log line', () => {
  it('is one JSON object with time, level, name, event, and the fields of its ancestors', () => {
    const { logger, lines } = logged();
    logger.child({ requestId: 'r' }).child({ route: 'decrypt' }).warn('request.refused', { count: 3 });
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] as string) as { time: string };
    expect(line).toMatchObject({
      ...{ level: 'warn', name: 'node-1', event: 'request.refused' },
      ...{ requestId: 'r', route: 'decrypt', count: 3 },
    });
    expect(new Date(line.time).getTime()).toBeGreaterThan(0);
  });

  it('is written from its level on', () => {
    const { logger, lines } = logged('warn');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]('event');
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['warn', 'error']);
  });

  it('never holds a secret, however deep in the fields', () => {
    const { logger, lines } = logged();
    logger.info('event', { share: secret(), list: [secret()], deep: { nonces: { hiding: secret() } } });
    expect(lines[0]).toContain('[redacted]');
    expect(lines[0]).not.toContain(SECRET);
    // Nor as an object of its bytes.
    expect(lines[0]).not.toContain('180');
  });
});

describe('an error in the log', () => {
  it('of ours is there with its code, message, hint and details, and without its stack', () => {
    const error = new KeymeshError('It failed.', { code: 'a/b', fault: 'caller', hint: 'Do c.', details: { d: 1 } });
    expect(errorFields(error)).toEqual({
      error: { code: 'a/b', fault: 'caller', message: 'It failed.', hint: 'Do c.', details: { d: 1 } },
    });
  });

  it('of others is there with its class and places in the code, never with its words', () => {
    const foreign = new TypeError(`cannot use ${SECRET}\n    at ${SECRET} (file:///x.js:1:1)`);
    const { logger, lines } = logged();
    for (const thrown of [foreign, new KeymeshError('It failed.', { code: 'a/b', fault: 'bug', cause: foreign })]) {
      const fields = errorFields(thrown);
      logger.error('event', fields);
      const here: unknown = expect.stringMatching(/logger\.test\.ts/);
      expect(fields).toMatchObject({ cause: 'TypeError', causeFrames: expect.arrayContaining([here]) });
    }
    expect(lines.join('')).not.toContain(SECRET);
  });

  it('whose stack somebody rewrote shows no places rather than words', () => {
    const foreign = new Error('plain');
    foreign.stack = `at ${SECRET} (file:///x.js:1:1)`;
    expect(JSON.stringify(errorFields(foreign))).not.toContain(SECRET);
  });

  it.each([[SECRET], [{ secret: SECRET }], [undefined]])('may be no error at all: %j', (thrown) => {
    const text = JSON.stringify(errorFields(thrown));
    expect(text).toContain('bug/unexpected');
    expect(text).not.toContain(SECRET);
  });
});
