import type { KnownAnswer } from '../run.ts';
import { OWN_ARGUMENTS } from './divergence.ts';
import type { RecordedProgram } from './recording.ts';

/**
 * Answers of a recording, for a program that was changed since: each call gets the next answer that a call with the same
 * arguments got then, and the last one again when there are no more. What a node says to others is its own each time:
 * there the name of the round is enough.
 */
export function knownAnswers(
  programs: readonly RecordedProgram[],
): (op: string, args: unknown) => KnownAnswer | undefined {
  const byCall = new Map<string, KnownAnswer[]>();
  for (const { events } of programs) {
    const names = new Map<number, string>();
    for (const event of events) {
      if (event.kind === 'call') names.set(event.id, nameOf(event.op, event.args));
      const name = event.kind === 'took' ? names.get(event.id) : undefined;
      if (event.kind !== 'took' || name === undefined) continue;
      const { value, error } = event;
      byCall.set(name, [...(byCall.get(name) ?? []), error === undefined ? { value } : { error }]);
    }
  }
  return (op, args) => {
    const answers = byCall.get(nameOf(op, args));
    return answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0];
  };
}

/** Arguments in any order of their names. */
function nameOf(op: string, args: unknown): string {
  const { name } = (args ?? {}) as { readonly name?: unknown };
  return `${op} ${JSON.stringify(OWN_ARGUMENTS.has(op) ? name : sorted(args))}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
