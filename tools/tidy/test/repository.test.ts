import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RULES } from '../src/rules.ts';
import { openTree } from '../src/tree.ts';

const tree = openTree(fileURLToPath(new URL('../../../', import.meta.url)));

describe('the repository keeps its rules', () => {
  it('has files to look at', () => {
    expect(tree.files.filter((path) => path.startsWith('packages/')).length).toBeGreaterThan(20);
  });

  it.each(RULES)('$name', (rule) => {
    const findings = rule.check(tree).map(({ path, line, message }) => `${path}${line ? `:${line}` : ''} ${message}`);
    expect(findings).toEqual([]);
  });
});
