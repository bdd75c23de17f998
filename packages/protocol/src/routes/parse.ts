import * as v from 'valibot';
import { ProtocolError } from '../errors.ts';
import { JSON_DEPTH_MAX } from '../limits.ts';

/**
 * A received value as the schema's type. The error names the place and what was expected there, never the value: it
 * may hold what should not reach a log.
 * @param what names the message for people, e.g. `decrypt request`.
 * @param fault whose fault a malformed message is: a server says `caller`, a client reading an answer says `peer`.
 * @throws ProtocolError `wire/malformed`
 */
export function parseMessage<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  what: string,
  fault: 'caller' | 'peer' = 'caller',
): Output {
  if (!isShallow(value)) throw malformed(what, fault, `it nests deeper than ${JSON_DEPTH_MAX} levels`);
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  throw malformed(what, fault, describe(issue), path ?? undefined);
}

/**
 * A received JSON text as the schema's type.
 * @throws ProtocolError `wire/malformed`
 */
export function parseJson<Output>(
  schema: v.GenericSchema<unknown, Output>,
  text: string,
  what: string,
  fault: 'caller' | 'peer' = 'caller',
): Output {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(what, fault, 'it is not JSON');
  }
  return parseMessage(schema, value, what, fault);
}

function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'validation') {
    return issue.type === 'check' ? `expected ${issue.message}` : `${issue.type} ${issue.expected ?? ''}`.trim();
  }
  if (issue.expected === 'never') return 'the key is not known';
  return issue.received === 'undefined' ? 'it is missing' : `expected ${issue.expected ?? 'another value'}`;
}

function malformed(what: string, fault: 'caller' | 'peer', reason: string, path?: string): ProtocolError {
  return new ProtocolError(`The ${what} is malformed${path === undefined ? '' : ` at ${path}`}: ${reason}.`, {
    code: 'wire/malformed',
    fault,
    hint: 'Compare the message with the schema of its route in @keymesh/protocol/routes.',
    ...(path === undefined ? {} : { details: { path } }),
  });
}

/** Recursion on hostile input would end in a RangeError of the engine, so depth is measured without recursion. */
function isShallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > JSON_DEPTH_MAX) return false;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return true;
}
