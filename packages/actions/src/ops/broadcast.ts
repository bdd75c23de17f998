import { utf8 } from '@keymesh/foundation';
import * as v from 'valibot';
import { limitExceeded } from '../errors.ts';
import { nameField } from './fields.ts';
import { defineOp } from './op.ts';

/** Every node gives a value; every node gets the values of all, ordered by party, so that all see the same list. */
export const broadcastAndCollect = defineOp({
  name: 'broadcastAndCollect',
  args: v.strictObject({ name: nameField, value: v.string() }),
  limit: 'broadcastsMax',
  told: ({ name }) => name,
  run: async ({ name, value }, { host: { peers }, limits, occurrence }) => {
    const bytes = utf8(value);
    if (bytes.length > limits.broadcastBytesMax) {
      throw limitExceeded('broadcastBytesMax', limits.broadcastBytesMax, 'bytes of a shared value', bytes.length);
    }
    const round = `broadcast/${name}/${occurrence('broadcast', name)}`;
    peers.publish(round, bytes);
    const values = await peers.collect(round, peers.parties);
    return peers.parties.map((party) => new TextDecoder().decode(values.get(party)));
  },
});
