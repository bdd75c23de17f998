import * as v from 'valibot';
import { bytesField } from './fields.ts';
import { defineOp } from './op.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The request of the guest's `fetch`, made by the host: the sandbox has no network. */
export const fetchOp = defineOp({
  name: 'fetch',
  args: v.strictObject({
    url: v.pipe(v.string(), v.maxLength(16_384)),
    method: v.picklist(METHODS),
    headers: v.pipe(v.array(v.strictTuple([v.string(), v.string()])), v.maxLength(128)),
    redirect: v.picklist(['follow', 'error', 'manual']),
    body: v.exactOptional(bytesField),
  }),
  limit: 'fetchesMax',
  // The URL may have an API key in it.
  told: ({ method }) => method,
  run: (request, { fetcher, limits, signal }) =>
    fetcher.fetch(request, { bytesMax: limits.fetchBytesMax, timeMsMax: limits.fetchTimeMsMax, signal }),
});
