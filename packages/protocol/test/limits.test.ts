import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as limits from '../src/limits.ts';

it('docs/limits.md lists every limit of the wire with its value', () => {
  const page = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');
  const rows = page.matchAll(/^\| `([A-Z0-9_]+)` +\| ([\d ]+?) +\|/gm);
  const documented = Object.fromEntries(
    [...rows].map(([, name, value]) => [name, Number((value as string).replaceAll(' ', ''))]),
  );
  expect(documented).toEqual({ ...limits });
});
