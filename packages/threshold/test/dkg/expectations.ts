import type { PartyIndex } from '@keymesh/foundation';
import { expect } from 'vitest';
import type { ConvictionReason } from '../../src/dkg/index.ts';
import { ROOT_KEY_NAMES } from '../../src/root-keys.ts';
import { Adversary } from './adversary.ts';
import { type Outcome, type Run, run, setting } from './network.ts';

/** Party 4 of four is corrupt unless a test says otherwise; t = 3. */
export const FOUR = setting(4);
export const LIAR = 4;
export const SECP = ROOT_KEY_NAMES.indexOf('secp256k1');
export const ED = ROOT_KEY_NAMES.indexOf('ed25519');
export const BLS = ROOT_KEY_NAMES.indexOf('bls12381-decryption');
export const SESSIONS = ROOT_KEY_NAMES.indexOf('bls12381-sessions');

const REHEARSED = new Map<unknown, Adversary['rehearsal']>();
export function adversary(of = FOUR): Adversary {
  return new Adversary(of, REHEARSED.get(of) ?? REHEARSED.set(of, run(of)).get(of)!);
}

export function honestOutcomes(attacked: Run, corrupt: readonly PartyIndex[]): readonly Outcome[] {
  return [...attacked.outcomes].filter(([party]) => !corrupt.includes(party)).map(([, outcome]) => outcome);
}

/** All honest parties finish with the same keys, and convict exactly these. What the `unproven` get is not looked at. */
export function expectConvictions(
  attacked: Run,
  convictions: readonly (readonly [PartyIndex, ConvictionReason])[],
  participants: readonly PartyIndex[] = FOUR.participants,
  unproven: readonly PartyIndex[] = [],
): void {
  const convicted = convictions.map(([party]) => party);
  const outputs = honestOutcomes(attacked, [...convicted, ...unproven]).map((outcome) => {
    if (outcome.kind === 'failed') throw outcome.error;
    if (outcome.kind === 'waiting') throw new Error(`waits for ${outcome.missing} in round ${outcome.round}`);
    return outcome.output;
  });
  expect(outputs).toHaveLength(participants.length - convicted.length - unproven.length);
  for (const output of outputs) {
    expect(output.convictions).toEqual(convictions.map(([party, reason]) => ({ party, reason })));
    expect(output.convicted).toEqual(convicted);
    expect(output.resultHash).toEqual(outputs[0]!.resultHash);
    expect(output.publicKeyPackage).toEqual(outputs[0]!.publicKeyPackage);
    const dropped = convictions.filter(([, reason]) => reason !== 'wrong-result').map(([party]) => party);
    expect(output.qualified).toEqual(participants.filter((party) => !dropped.includes(party)));
  }
}

/** All honest parties stop with this error. */
export function expectFailure(
  attacked: Run,
  corrupt: readonly PartyIndex[],
  expected: { readonly code: string; readonly culprits: readonly PartyIndex[]; readonly details?: object },
): void {
  for (const outcome of honestOutcomes(attacked, corrupt)) {
    if (outcome.kind !== 'failed') throw new Error(`did not fail: ${outcome.kind}`);
    expect(outcome.error.toJSON()).toMatchObject({
      code: expected.code,
      ...(expected.details === undefined ? {} : { details: expected.details }),
    });
    expect(outcome.error.culprits).toEqual(expected.culprits);
  }
}

/** Every honest party refused exactly one message, with this code and this culprit. */
export function expectRefusals(attacked: Run, code: string, culprit: PartyIndex): void {
  for (const [party, refusals] of attacked.refusals) {
    if (party === culprit) continue;
    expect(refusals.map((refusal) => [refusal.code, refusal.culprits])).toEqual([[code, [culprit]]]);
  }
}

export function expectConvictedWithoutLoss(finished: Run, reason: ConvictionReason): void {
  for (const outcome of honestOutcomes(finished, [LIAR])) {
    expect(outcome).toMatchObject({ kind: 'done', output: { convictions: [{ party: LIAR, reason }] } });
    if (outcome.kind === 'done') expect(outcome.output.qualified).toEqual(FOUR.participants);
  }
}
