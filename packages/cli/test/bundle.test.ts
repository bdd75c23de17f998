import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundle } from '../src/commands/bundle.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keymesh-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

it('makes one classic script of TypeScript and its imports, the same each time', async () => {
  write('greeting.ts', "export const greet = (name: string): string => 'Grüße, ' + name;");
  const entry = write('main.ts', "import { greet } from './greeting.ts';\nset(greet('Ada') as string);");
  const text = await bundle(entry);
  expect(await bundle(entry)).toBe(text);
  const said: string[] = [];
  runInNewContext(text, { set: (value: string) => said.push(value) });
  expect(said).toEqual(['Grüße, Ada']);
  expect(text).not.toMatch(/^\s*(?:import|export) /m);
});

it.each([
  ['an import that is not there', "import './nowhere.ts';", /nowhere\.ts.*main\.ts:1:8/],
  ['a module of Node', "import { readFileSync } from 'node:fs';\nreadFileSync('x');", /node:fs/],
  ['a text that is no program', 'const = 1;', /main\.ts:1:7/],
  ['top-level await', 'await fetch("x");', /[Tt]op-level await/],
])('%s is named with its place', async (_name, text, message) => {
  await expect(bundle(write('main.ts', text))).rejects.toMatchObject({
    code: 'cli/bundle',
    message: expect.stringMatching(message),
  });
});
