import * as v from 'valibot';
import { epochField, partyField } from './fields.ts';
import type { Route } from './route.ts';

/** The node holds the shares of the active epoch and serves. If it does not: status 503 and `node/not-ready`. */
export const ready = {
  name: 'ready',
  method: 'GET',
  path: '/v1/ready',
  sealed: false,
  request: v.strictObject({}),
  response: v.strictObject({ ready: v.literal(true), epoch: epochField, party: partyField }),
  bodyBytesMax: 0,
} as const satisfies Route;
