import * as v from 'valibot';
import { hexOf } from './fields.ts';
import type { Route } from './route.ts';

/** The process is alive. Says nothing of its ability to serve: that is `ready`. */
export const health = {
  name: 'health',
  method: 'GET',
  path: '/v1/health',
  sealed: false,
  request: v.strictObject({}),
  response: v.strictObject({
    status: v.literal('ok'),
    version: v.string(),
    /** Changes with every start of the process; 16 bytes. */
    bootId: hexOf(16),
    /** What stands around the programs that the node runs; absent if it runs none. */
    walls: v.exactOptional(v.array(v.pipe(v.string(), v.maxLength(32)))),
  }),
  bodyBytesMax: 0,
} as const satisfies Route;
