import type { PartyIndex } from '@keymesh/foundation';
import { type NodeFailure, refusalOf } from '../nodes/node-failure.ts';
import type { NodeRefusal } from '../nodes/node-refusal.ts';
import { PENALTY, type SignerChoice } from './signer-choice.ts';

/** One try that failed. */
export interface FailedTry {
  readonly signers: readonly PartyIndex[];
  /** The signer that assigned the preparation. */
  readonly leader: PartyIndex;
  /** Signers that said before, in this signature, that a preparation is lost. */
  readonly forgetful: Set<PartyIndex>;
}

/** Areas of errors that come up between signers, or in the cryptography that they do together. */
const AREAS_OF_THE_SET = /^(signing|stock|frost|ecdsa)\//;

/**
 * Whether a failure is one of the signers' work together, where others than who reports it may be at fault. All other
 * failures are the node's own: it is dead, lies, or does not want to.
 */
export function isOfTheSet({ error }: NodeFailure): boolean {
  const refusal = refusalOf(error);
  return refusal !== undefined && refusal.fault !== 'caller' && AREAS_OF_THE_SET.test(refusal.code);
}

/** Draws the conclusions of the failures of one try for the next choice of signers. */
export function judgeFailures(choice: SignerChoice, failed: FailedTry, failures: readonly NodeFailure[]): void {
  const failing = new Set(failures.map(({ node }) => node.party));
  const accused = new Set<PartyIndex>();
  for (const failure of failures) {
    const { party } = failure.node;
    const refusal = refusalOf(failure.error);
    if (refusal === undefined || !isOfTheSet(failure)) choice.exclude(party);
    else for (const named of judgeRefusal(choice, { ...failed, failing }, party, refusal)) accused.add(named);
  }
  for (const party of accused) choice.penalise(party, PENALTY.trouble);
}

/** @returns whom it rightly or wrongly accuses. Whoever accuses many is trusted less. */
function judgeRefusal(
  choice: SignerChoice,
  { signers, leader, forgetful, failing }: FailedTry & { readonly failing: ReadonlySet<PartyIndex> },
  party: PartyIndex,
  { code, details, accused: culprits }: NodeRefusal,
): readonly PartyIndex[] {
  const others = (named: readonly unknown[]): PartyIndex[] => signers.filter((p) => p !== party && named.includes(p));
  const pair = listOf(details.pair);
  const peers = pair.includes(party) ? others(pair) : [];
  if (peers.length > 0) {
    for (const peer of peers) choice.burn(party, peer);
    return [];
  }
  const isLost = code === 'signing/preparation-lost';
  // A signer that was restarted has lost them all, through no fault of its peers. A second time is strange.
  if (isLost && !forgetful.has(party)) {
    forgetful.add(party);
    return [];
  }
  const { missing, party: one, claimant } = details;
  const named = others([...culprits, ...listOf(missing), one, claimant, ...(isLost ? [leader] : [])]);
  // It passes on that another gave up, and that one says so itself.
  if (code === 'signing/signer-failed' && named.length > 0 && named.every((other) => failing.has(other))) return [];
  for (const other of named) choice.separate(party, other);
  choice.penalise(party, PENALTY.accusing * named.length);
  if (named.length > 0) return named;
  const suspects = others(listOf(details.suspects));
  for (const suspect of suspects) choice.penalise(suspect, PENALTY.accusing);
  // Nobody is named: it may be overloaded itself.
  if (suspects.length === 0) choice.strike(party);
  else choice.penalise(party, PENALTY.accusing * suspects.length);
  return [];
}

function listOf(detail: unknown): readonly unknown[] {
  return Array.isArray(detail) ? detail : [];
}
