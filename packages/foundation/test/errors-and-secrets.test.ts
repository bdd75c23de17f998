import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KeymeshError, SecretBytes, toHex, toKeymeshError } from '../src/index.ts';

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => 200 + (i % 50));

describe('SecretBytes', () => {
  it('never prints: JSON, text, template, inspect, spread, keys', () => {
    const secret = new SecretBytes(SECRET.slice());
    const printed = [
      JSON.stringify({ secret }),
      String(secret),
      `${secret}`,
      inspect(secret),
      inspect({ secret }, { showHidden: true, depth: 9 }),
      JSON.stringify({ ...secret }),
      Object.keys(secret).join(),
    ];
    for (const text of printed) {
      expect(text).not.toContain(toHex(SECRET).slice(0, 8));
      expect(text).not.toContain('200');
    }
  });

  it('is overwritten by wipe and refuses use afterwards', () => {
    const memory = SECRET.slice();
    const secret = new SecretBytes(memory);
    expect(secret.expose((bytes) => bytes[0])).toBe(200);
    secret.wipe();
    expect(memory.every((byte) => byte === 0)).toBe(true);
    expect(() => secret.expose(() => 0)).toThrow(expect.objectContaining({ code: 'secret/wiped', fault: 'bug' }));
  });
});

describe('KeymeshError', () => {
  it('leaves the process with code, fault, hint and culprits, but without cause and stack', () => {
    const error = new KeymeshError('A share is wrong.', {
      code: 'x/y',
      fault: 'peer',
      culprits: [3],
      hint: 'Go on.',
      cause: new Error('key=deadbeef'),
    });
    const json = JSON.stringify(error);
    expect(JSON.parse(json)).toEqual({
      code: 'x/y',
      fault: 'peer',
      message: 'A share is wrong.',
      hint: 'Go on.',
      culprits: [3],
    });
    expect(json).not.toContain('deadbeef');
  });

  it('withholds the message of a foreign error', () => {
    const error = toKeymeshError(new Error('bad key deadbeef'));
    expect(error.fault).toBe('bug');
    expect(JSON.stringify(error)).not.toContain('deadbeef');
  });
});
