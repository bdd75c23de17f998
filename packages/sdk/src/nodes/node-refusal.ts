import { type ErrorOptions, KeymeshError, type PartyIndex, type SerializedError } from '@keymesh/foundation';
import { errorBodySchema, parseJson } from '@keymesh/protocol/routes';
import { NODE_DETAILS_MAX, NODE_TEXT_CHARS_MAX } from '../limits.ts';

/** Codes of nodes are written like this. Ours are not theirs to use. */
const NODE_CODE = /^(?!sdk\/)[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/;

/**
 * Areas of errors that happen before a node has opened a request, so that it cannot seal its answer. Anything else
 * that comes unsealed may be from somebody on the way and is not believed.
 */
const UNSEALED_AREAS: readonly string[] = ['wire', 'sealing', 'node', 'bug'];

/** A node's own error as it came over the wire; the `cause` of `sdk/node-refused`. */
export class NodeRefusal extends KeymeshError {
  /** The parties that the node blames. One node's word convicts nobody: they are not `culprits`. */
  readonly accused: readonly PartyIndex[];

  /** Whatever a node says here is shown to people, so texts lose control characters and length. */
  constructor({ code, fault, message, hint, culprits, details }: SerializedError) {
    super(cleanText(message), {
      code,
      fault: fault === 'peer' ? 'environment' : fault,
      ...(hint === undefined ? {} : { hint: cleanText(hint) }),
      ...(details === undefined ? {} : { details: cleanDetails(details) }),
    });
    this.accused = culprits ?? [];
  }
}

/**
 * Reads the body of an answer whose status is not 200.
 * @param sealed whether the node itself sealed it.
 * @returns `undefined` if it is not an error of a node.
 */
export function readRefusal(text: string, sealed: boolean): NodeRefusal | undefined {
  let error: SerializedError;
  try {
    error = parseJson(errorBodySchema, text, 'error', 'peer').error;
  } catch {
    return undefined;
  }
  if (!NODE_CODE.test(error.code)) return undefined;
  if (!sealed && !UNSEALED_AREAS.includes(error.code.slice(0, error.code.indexOf('/')))) return undefined;
  return new NodeRefusal(error);
}

function cleanText(text: string): string {
  const printable = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return printable.length > NODE_TEXT_CHARS_MAX ? `${printable.slice(0, NODE_TEXT_CHARS_MAX)}…` : printable;
}

type Details = NonNullable<ErrorOptions['details']>;

function cleanDetails(details: Details): Details {
  const clean = <T>(value: T): T | string => (typeof value === 'string' ? cleanText(value) : value);
  return Object.fromEntries(
    Object.entries(details)
      .slice(0, NODE_DETAILS_MAX)
      .map(([name, value]) => [
        cleanText(name),
        typeof value === 'object' ? value.slice(0, NODE_DETAILS_MAX).map(clean) : clean(value),
      ]),
  );
}
