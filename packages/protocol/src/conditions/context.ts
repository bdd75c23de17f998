import { ProtocolError } from '../errors.ts';
import { malformed } from './structure.ts';

/** Who asks, and what conditions may say about that. */
export interface ConditionContext {
  /** The caller's wallet: `:userAddress`. */
  readonly userAddress: string;
  /** The delegation's `litParam` values: `:litParam:<name>`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** CID of the program that asks: `:currentActionIpfsId`. None: the empty text. */
  readonly currentActionIpfsId?: string;
}

export const USER_ADDRESS = ':userAddress';
const ACTION_ID = ':currentActionIpfsId';
const PARAMETER = ':litParam:';

/** Turns a text of a condition into what it stands for. */
export type Substitute = (text: string) => string;

/**
 * `:userAddress` and `:currentActionIpfsId` are replaced wherever they stand: hex digits and a CID cannot break out.
 * `:litParam:` stands for a text of the caller's choice, so it must be a whole parameter, or a whole item of a list:
 * the lists are split first.
 */
export function substitution(context: ConditionContext): Substitute {
  return (text) => {
    if (text.startsWith(PARAMETER)) return parameter(context, text.slice(PARAMETER.length));
    if (text.includes(PARAMETER)) throw malformed('a parameter', `${PARAMETER}<name> must stand alone`);
    return text.replaceAll(USER_ADDRESS, context.userAddress).replaceAll(ACTION_ID, context.currentActionIpfsId ?? '');
  };
}

/** A test's value may be the caller's address, and no other substitution. */
export function substituteValue(value: string, context: ConditionContext): string {
  return value === USER_ADDRESS ? context.userAddress : value;
}

function parameter(context: ConditionContext, name: string): string {
  const parameters = context.parameters ?? {};
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined) {
    throw new ProtocolError(`The session has no value for ${PARAMETER}${name}.`, {
      code: 'conditions/parameter-missing',
      fault: 'caller',
      hint: `Let the wallet sign a delegation with the parameter ${name}.`,
      details: { name },
    });
  }
  return value;
}
