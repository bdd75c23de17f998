import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NodeConfigSchema } from '../../src/config/config.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/operations/configuration.md'), 'utf8');

/** What the schema says of one key, as the page's table writes it. */
interface Key {
  readonly name: string;
  readonly fallback: string;
}

interface SchemaLike {
  readonly type: string;
  readonly entries?: Record<string, SchemaLike>;
  readonly wrapped?: SchemaLike;
  readonly value?: SchemaLike;
  readonly default?: unknown;
}

function keysOf(schema: SchemaLike, prefix = ''): Key[] {
  return Object.entries(schema.entries ?? {}).flatMap(([key, entry]) => {
    const name = `${prefix}${key}`;
    // The default of an optional object is that of its keys.
    const inner = entry.wrapped ?? entry;
    const nested =
      inner.type === 'record' ? keysOf(inner.value as SchemaLike, `${name}.<name>.`) : keysOf(inner, `${name}.`);
    if (nested.length > 0) return nested;
    if (entry.type === 'exact_optional') return [{ name, fallback: 'none' }];
    return [{ name, fallback: entry.type === 'optional' ? JSON.stringify(entry.default) : 'required' }];
  });
}

it('the page of the configuration has exactly the keys and defaults of the schema, in their order', () => {
  const rows = [...page.matchAll(/^\| `([^`]+)` +\| (?:`([^`]+)`|(required)) +\|/gm)].map(
    ([, name, fallback, required]) => ({
      name,
      fallback: fallback ?? required,
    }),
  );
  expect(rows).toEqual(keysOf(NodeConfigSchema as unknown as SchemaLike));
});
