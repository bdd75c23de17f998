import type { Curves } from '@keymesh/threshold/curves';
import type { Outcome, Violation } from '../outcome.ts';
import { checkAgreement } from './agreement.ts';
import { checkBoots } from './boots.ts';
import { checkBurntPairs } from './burnt-pairs.ts';
import { checkHonestNotBlamed } from './honest-not-blamed.ts';
import { checkLiarsNamed } from './liars-named.ts';
import { checkNonces } from './nonces.ts';
import { checkProgress } from './progress.ts';
import { checkSecrecy } from './secrecy.ts';

type Checker = (outcome: Outcome, curves: Curves) => string[];

/** Each in its own file, each with a planted bug in `test/` that it must find. */
export const CHECKERS: Readonly<Record<string, Checker>> = {
  agreement: checkAgreement,
  'liars-named': checkLiarsNamed,
  'honest-not-blamed': checkHonestNotBlamed,
  progress: checkProgress,
  secrecy: checkSecrecy,
  nonces: checkNonces,
  boots: checkBoots,
  'burnt-pairs': checkBurntPairs,
};

/** Everything that must never happen and did. */
export function check(outcome: Outcome, curves: Curves): Violation[] {
  return Object.entries(CHECKERS).flatMap(([checker, run]) =>
    run(outcome, curves).map((message) => ({ checker, message })),
  );
}
