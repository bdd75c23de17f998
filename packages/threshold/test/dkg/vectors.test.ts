import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { computeVector } from './vectors/key-generation-vector.ts';

it('a seeded run says and gives what it did when the formats were fixed', () => {
  const vector = JSON.parse(readFileSync(new URL('vectors/key-generation.json', import.meta.url), 'utf8'));
  expect(computeVector()).toEqual(vector);
});
