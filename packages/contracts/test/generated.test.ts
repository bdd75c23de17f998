import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compilePackage, PACKAGE_DIR, sourceHash } from '../build/compile.ts';
import { renderAll } from '../build/render.ts';
import { CONTRACT_NAMES, EpochState, KEY_SET_ID, stakingAbi } from '../src/index.ts';

const hash = sourceHash();
const expected = renderAll(compilePackage(false), hash);
const read = (file: string) => readFileSync(path.join(PACKAGE_DIR, file), 'utf8');
const isCode = (file: string) => file.startsWith('src/generated/bytecode/');

// `npm run check` compares the bytecode itself; compiling it takes ten times as long.
test.each([...expected.keys()].filter(isCode))('%s was made from these sources', (file) => {
  expect(read(file).split('\n')[1]).toBe(`// sources: sha256 ${hash}`);
});

test.each([...expected.keys()].filter((file) => !isCode(file)))('%s is what the sources say', (file) => {
  expect(read(file)).toBe(expected.get(file));
});

test('every contract that is deployed is compiled', () => {
  expect([...compilePackage(false).keys()].sort()).toEqual([...CONTRACT_NAMES].sort());
});

test('names and numbers in TypeScript are those of the sources', () => {
  const staking = read('solidity/Staking.sol');
  const states = /enum State \{([^}]*)\}/.exec(read('solidity/interfaces/IStaking.sol'))?.[1];
  const numbered = Object.fromEntries((states ?? '').split(',').map((name, i) => [name.trim(), i]));
  expect(EpochState).toEqual(numbered);
  expect(staking).toContain(`KEY_SET_ID = "${KEY_SET_ID}"`);
  expect(stakingAbi.some((item) => item.type === 'event' && item.name === 'StateChanged')).toBe(true);
});
