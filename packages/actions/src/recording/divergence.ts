import { beginsAlone } from '../ops/run-once.ts';
import type { RecordedEvent, Recording } from './recording.ts';

/** Where the runs of two nodes part. */
export interface Divergence {
  /** CIDs from the outermost program to the one where they part. */
  readonly programs: readonly string[];
  /** Events of it that were alike before. */
  readonly at: number;
  /** Undefined where a run has nothing more. */
  readonly first: RecordedEvent | undefined;
  readonly second: RecordedEvent | undefined;
  /** Before it the nodes got different answers or drew different values: most often what the parting comes from. */
  readonly causes: readonly Cause[];
}

/** Something that was given to one node otherwise than to the other, before they parted. */
export interface Cause {
  readonly at: number;
  readonly first: RecordedEvent;
  readonly second: RecordedEvent;
  /** The call that was answered. */
  readonly call: (RecordedEvent & { readonly kind: 'call' }) | undefined;
}

/** Causes that are told; the earliest of them. */
const CAUSES_MAX = 5;

/** Ops whose arguments are a node's own and are meant to differ. */
export const OWN_ARGUMENTS: ReadonlySet<string> = new Set(['broadcastAndCollect', 'runOnceBegin', 'runOnceEnd']);

/**
 * Compares what two nodes did. Time and chance differ on every two nodes, and so may answers, and what nodes tell each
 * other; one of them does what is done once. The runs part where the programs **do** something else; if they do all the
 * same, where they log something else.
 * @returns undefined if they did the same.
 */
export function divergence(first: Recording, second: Recording): Divergence | undefined {
  for (const [index, own] of first.runs.entries()) {
    const found = partingOf(own.programs, stepsOf(own.events), stepsOf(second.runs[index]?.events ?? []));
    if (found !== undefined) return found;
  }
  const more = second.runs[first.runs.length];
  return more === undefined ? undefined : partingOf(more.programs, [], stepsOf(more.events));
}

/** An event that both nodes should have. */
interface Step {
  /** In the recording. */
  readonly at: number;
  readonly event: RecordedEvent;
  /** What the program does, without what is given to it. */
  readonly doing: string;
  readonly call: (RecordedEvent & { readonly kind: 'call' }) | undefined;
}

function stepsOf(events: readonly RecordedEvent[]): Step[] {
  const steps: Step[] = [];
  const calls = new Map<number, RecordedEvent & { readonly kind: 'call' }>();
  let isLeading = false;
  for (const [at, event] of events.entries()) {
    if (event.kind === 'call') calls.set(event.id, event);
    const call = event.kind === 'took' ? calls.get(event.id) : undefined;
    // What the leader of `runOnce` does between its beginning and its end, the others do not.
    if (event.kind === 'call' && event.op === 'runOnceEnd') isLeading = false;
    if (!isLeading) steps.push({ at, event, call, doing: doing(event, call) });
    if (call !== undefined && beginsAlone(call.op, call.args, takenValue(event))) isLeading = true;
  }
  return steps;
}

function partingOf(programs: readonly string[], own: readonly Step[], other: readonly Step[]): Divergence | undefined {
  const causes: Cause[] = [];
  for (let i = 0; i < Math.max(own.length, other.length); i++) {
    const [first, second] = [own[i], other[i]];
    if (first === undefined || second === undefined || first.doing !== second.doing) {
      return { programs, at: (first ?? second)?.at ?? 0, first: first?.event, second: second?.event, causes };
    }
    if (contentOf(first.event) !== contentOf(second.event)) {
      causes.push({ at: first.at, first: first.event, second: second.event, call: first.call });
    }
    if (causes.length > CAUSES_MAX) causes.pop();
  }
  const log = causes.findIndex(({ first }) => first.kind === 'log');
  const parting = causes[log];
  return parting === undefined ? undefined : { programs, ...parting, causes: causes.slice(0, log) };
}

function doing(event: RecordedEvent, call: Step['call']): string {
  switch (event.kind) {
    case 'took':
      return `took ${call?.op}`;
    case 'drew':
      return `drew ${event.what}`;
    case 'log':
      return 'log';
    case 'call':
      return OWN_ARGUMENTS.has(event.op) ? `call ${event.op}` : contentOf(event);
    default:
      return JSON.stringify(event);
  }
}

/** Calls are numbered in the order of a node's own. */
function contentOf(event: RecordedEvent): string {
  return JSON.stringify('id' in event && event.kind !== 'fired' ? { ...event, id: 0 } : event);
}

function takenValue(event: RecordedEvent): unknown {
  return event.kind === 'took' ? event.value : undefined;
}
