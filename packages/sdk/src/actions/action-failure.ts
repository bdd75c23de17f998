import type { SerializedError } from '@keymesh/foundation';
import { SdkError } from '../errors.ts';
import type { NodeRun } from './node-run.ts';
import { describeParting, type Parting, partingOf } from './parting.ts';

/** A program that did not end well: on all nodes alike, or on some only. */
export class ActionFailure extends SdkError {
  /** By node, ascending by party: errors and logs. */
  readonly nodes: readonly NodeRun[];
  /** The program's own error, or what ended it, as most nodes say that did not merely miss the others. */
  readonly reason: SerializedError;
  /** Where the program went different ways on different nodes; undefined if it did not. */
  readonly parting: Parting | undefined;

  constructor(nodes: readonly NodeRun[]) {
    const failed = nodes.filter((run): run is NodeRun & { error: SerializedError } => run.error !== undefined);
    const own = failed.filter(({ error }) => !isConsequence(error));
    const first = own.length > 0 ? own : failed;
    const reason = mostFrequent(first.map(({ error }) => error));
    const parting = partingOf(nodes);
    const hint = [reason.hint, parting && describeParting(parting)].filter((text) => text !== undefined).join(' ');
    const where = first.length === nodes.length ? '' : ` on nodes ${first.map(({ party }) => party).join(', ')} only`;
    super(`The action failed${where}: ${reason.message}`, {
      code: 'sdk/action-failed',
      fault: reason.fault,
      ...(hint === '' ? {} : { hint }),
      ...(reason.culprits === undefined ? {} : { culprits: reason.culprits }),
      details: { ...reason.details, reason: reason.code, parties: failed.map(({ party }) => party) },
    });
    this.nodes = nodes;
    this.reason = reason;
    this.parting = parting;
  }
}

/** Of a program that went on and found others gone: what ended it there is why. */
const CONSEQUENCES: readonly unknown[] = ['actions/diverged', 'actions/peer-silent'];

function isConsequence({ code, details }: SerializedError): boolean {
  return CONSEQUENCES.includes(details?.thrown ?? code);
}

function mostFrequent(errors: readonly SerializedError[]): SerializedError {
  const count = ({ code, message }: SerializedError): number =>
    errors.filter((other) => other.code === code && other.message === message).length;
  return [...errors].sort((a, b) => count(b) - count(a))[0] as SerializedError;
}
