import type { SerializedError } from '@keymesh/foundation';
import * as v from 'valibot';
import type { GuestGlobals } from '../sandbox/sandbox.ts';

/** What a program asked for and what it got; what it drew, said and set; in the order in which it did. */
const eventSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('call'), id: v.number(), op: v.string(), args: v.unknown() }),
  v.strictObject({
    kind: v.literal('took'),
    id: v.number(),
    value: v.optional(v.unknown()),
    error: v.optional(v.looseObject({ code: v.string(), message: v.string() })),
  }),
  v.strictObject({ kind: v.literal('fired'), id: v.number() }),
  v.strictObject({ kind: v.literal('drew'), what: v.string(), value: v.unknown() }),
  v.strictObject({ kind: v.literal('log'), text: v.string() }),
  v.strictObject({ kind: v.literal('response'), text: v.string() }),
  v.strictObject({ kind: v.literal('done') }),
  v.strictObject({ kind: v.literal('threw'), text: v.string(), code: v.optional(v.string()) }),
  v.strictObject({ kind: v.literal('ended'), code: v.string(), message: v.string() }),
]);

const programSchema = v.strictObject({
  /** CIDs from the outermost program to this one. */
  programs: v.pipe(v.array(v.string()), v.minLength(1)),
  source: v.string(),
  globals: v.strictObject({
    jsParams: v.record(v.string(), v.unknown()),
    auth: v.unknown(),
    headers: v.array(v.tuple([v.string(), v.string()])),
  }),
  events: v.array(eventSchema),
});

export const recordingSchema = v.strictObject({
  version: v.literal(1),
  /** The program that was asked for, then its children in the order in which they began. */
  runs: v.pipe(v.array(programSchema), v.minLength(1)),
});

export type RecordedEvent = v.InferOutput<typeof eventSchema>;
/** One program of a run. */
export type RecordedProgram = v.InferOutput<typeof programSchema>;
/** Everything that one node's run depended on and said: JSON. */
export type Recording = v.InferOutput<typeof recordingSchema>;

/** Who listens to a run to tell it. */
export interface RunObserver {
  /** A program begins. */
  program(source: string, programs: readonly string[], globals: GuestGlobals): ProgramObserver;
}

export interface ProgramObserver {
  /** What the program did. Of an answer that it took, see `answered`. */
  on(event: Exclude<RecordedEvent, { kind: 'took' }> | { readonly kind: 'took'; readonly id: number }): void;
  /** What it gets when it takes the answer of a call. As it is sent. */
  answered(id: number, answer: { readonly value: unknown } | { readonly error: SerializedError }): void;
}
