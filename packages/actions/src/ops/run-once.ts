import { utf8 } from '@keymesh/foundation';
import * as v from 'valibot';
import { limitExceeded } from '../errors.ts';
import { nameField } from './fields.ts';
import { defineOp, type Op } from './op.ts';

/**
 * Whether what a program does after this answer, until it gives its result, it does alone: the others wait for it. They
 * part in nothing thereby.
 */
export function beginsAlone(op: string, args: unknown, value: unknown): boolean {
  const { wait } = (args ?? {}) as { readonly wait?: unknown };
  const { leads } = (value ?? {}) as { readonly leads?: unknown };
  return op === 'runOnceBegin' && leads === true && wait === true;
}

/** One node does something, and all get what came out: asked before, whether this is the one, and told afterwards. */
export const runOnce: readonly Op[] = [
  defineOp({
    name: 'runOnceBegin',
    args: v.strictObject({ name: nameField, wait: v.boolean() }),
    limit: 'broadcastsMax',
    told: ({ name }) => name,
    run: async ({ name }, { host: { peers } }) => ({ leads: peers.leaderOf(name) === peers.self }),
  }),
  defineOp({
    name: 'runOnceEnd',
    args: v.strictObject({ name: nameField, result: v.exactOptional(v.string()) }),
    limit: undefined,
    told: ({ name }) => name,
    run: async ({ name, result }, { host: { peers }, limits, occurrence }) => {
      const leader = peers.leaderOf(name);
      const round = `once/${name}/${occurrence('once', name)}`;
      if (leader === peers.self) {
        const bytes = utf8(result ?? '');
        if (bytes.length > limits.broadcastBytesMax) {
          throw limitExceeded('broadcastBytesMax', limits.broadcastBytesMax, 'bytes of a shared value', bytes.length);
        }
        peers.publish(round, bytes);
      }
      const values = await peers.collect(round, [leader]);
      return new TextDecoder().decode(values.get(leader));
    },
  }),
];
