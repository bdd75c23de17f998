import type { SerializedError } from '@keymesh/foundation';
import * as v from 'valibot';
import { partyField } from './fields.ts';

const detail = v.union([v.string(), v.number(), v.boolean(), v.array(v.union([v.string(), v.number()]))]);

/** `SerializedError` of `@keymesh/foundation`. */
export const serializedErrorSchema: v.GenericSchema<SerializedError> = v.strictObject({
  code: v.pipe(v.string(), v.maxLength(64)),
  fault: v.picklist(['caller', 'peer', 'environment', 'bug']),
  message: v.string(),
  hint: v.exactOptional(v.string()),
  culprits: v.exactOptional(v.array(partyField)),
  details: v.exactOptional(v.record(v.string(), detail)),
});

/** The body of every answer whose status is not 200. */
export const errorBodySchema = v.strictObject({
  error: serializedErrorSchema,
  /** The id in the node's log, which the node chose; also in the header x-request-id. */
  requestId: v.pipe(v.string(), v.maxLength(64)),
});

export type ErrorBody = v.InferOutput<typeof errorBodySchema>;
