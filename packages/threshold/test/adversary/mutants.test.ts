import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mutants } from './mutants/all.ts';
import { applyMutant, type MutantKind } from './mutants/mutant.ts';

/**
 * The table of mutants fits the sources. Whether the tests catch them takes minutes and is another script:
 * `npm run mutants -w packages/threshold`.
 */

const PACKAGE = new URL('../../', import.meta.url);
const pathOf = (relative: string): string => fileURLToPath(new URL(relative, PACKAGE));

/** What issue 3 asks to be planted, and what belongs to it. */
const KINDS: readonly MutantKind[] = [
  'consistency check',
  'correlation check',
  'swapped identities',
  'replay',
  'domain separation',
  'reuse',
  'epoch',
  'signer set',
  'biased nonce',
  'unverified knowledge',
  'identity or small subgroup',
  'non-canonical encoding',
  'rogue key',
  'unverified opening',
  'missing re-randomisation',
  'malleable signature',
  'unverified share',
  'missing tweak',
  'wrong weights',
  'complaints',
  'views',
  'parameters',
];

describe('the table of mutants', () => {
  it('has each once', () => {
    const names = mutants.map(({ scheme, name }) => `${scheme}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(KINDS)('has the kind "%s"', (kind) => {
    expect(mutants.some((mutant) => mutant.kind === kind && mutant.equivalent === undefined)).toBe(true);
  });

  it.each(mutants.map((mutant) => [`${mutant.scheme}: ${mutant.name}`, mutant] as const))('%s', (_, mutant) => {
    const source = readFileSync(pathOf(`src/${mutant.file}`), 'utf8');
    expect(applyMutant(mutant, source)).not.toBe(source);
    expect(mutant.tests.filter((test) => !existsSync(pathOf(`test/${test}.test.ts`)))).toEqual([]);
  });
});
