import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cidOf } from '@keymesh/protocol/cid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProgramStore } from '../../src/programs/program-store.ts';
import { createTextDirectory } from '../../src/programs/text-directory.ts';
import { codeOf } from '../requests/expectations.ts';

const TEXT = 'Lit.Actions.setResponse({ response: "grüße" })';
const CID = cidOf(TEXT);
let directory: string;
let asked: string[];
let served: Map<string, string>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keymesh-programs-'));
  asked = [];
  served = new Map();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const store = (gateways: readonly string[] = []): ProgramStore =>
  new ProgramStore({
    texts: createTextDirectory(directory),
    gateways,
    fetchText: async (url) => {
      asked.push(url);
      const text = served.get(url);
      if (text === undefined) throw new TypeError('no');
      return text;
    },
  });

describe('programs by CID', () => {
  it('are found where they were published, under either version', async () => {
    expect(await store().publish(TEXT)).toBe(CID);
    expect(await store().find(CID)).toBe(TEXT);
    writeFileSync(join(directory, cidOf(TEXT, 1)), TEXT);
    expect(await store().find(cidOf(TEXT, 1))).toBe(TEXT);
  });

  it('are verified each time: another text under a name is none', async () => {
    await store().publish(TEXT);
    writeFileSync(join(directory, CID), 'other');
    expect(await codeOf(() => store().find(CID))).toBe('actions/unknown-program');
  });

  it('are looked for at gateways in turn, verified, and kept', async () => {
    const gateways = ['http://dead', 'http://lies/', 'http://good'];
    served.set(`http://lies/ipfs/${CID}`, 'lie');
    served.set(`http://good/ipfs/${CID}`, TEXT);
    expect(await store(gateways).find(CID)).toBe(TEXT);
    expect(asked).toEqual(['http://dead', 'http://lies', 'http://good'].map((url) => `${url}/ipfs/${CID}`));
    expect(await store(gateways).find(CID)).toBe(TEXT);
    expect(asked).toHaveLength(3);
  });

  it('that nobody has are an error; a name that is no CID reaches no file', async () => {
    expect(await codeOf(() => store(['http://dead']).find(CID))).toBe('actions/unknown-program');
    const texts = createTextDirectory(directory);
    writeFileSync(join(directory, 'secret'), 'x');
    expect(await texts.read('secret')).toBeUndefined();
    expect(await texts.read('../secret')).toBeUndefined();
    await texts.write('../escaped', 'x');
    expect(readdirSync(directory)).toEqual(['secret']);
  });
});
