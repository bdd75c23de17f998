import { SCHEME_NAMES } from '@keymesh/sdk';
import { afterEach, expect, test, vi } from 'vitest';
import { main } from '../src/main.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The list is written out, because help must not load what signs. */
test('`keymesh sign --help` names every scheme', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await main(['sign', '--help']);
  const help = written.mock.calls.map(([text]) => String(text)).join('');
  for (const scheme of SCHEME_NAMES) expect(help).toMatch(new RegExp(`\\b${scheme}\\b`));
});
