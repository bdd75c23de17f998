import type { PartyIndex } from '@keymesh/foundation';
import type { NetworkNode } from '../network/network.ts';
import { contradicts, type NodeFailure } from '../nodes/node-failure.ts';
import type { FailedTry } from './judge-failures.ts';
import { PENALTY, type SignerChoice } from './signer-choice.ts';

/** One signer's answer: which preparation it says that it used. */
export interface StatedPreparation {
  readonly node: NetworkNode;
  readonly text: string;
}

/**
 * Draws the conclusions of answers that tell of different preparations. That proves nothing: the leader may have told
 * the others different things, or one of them lies. But a signer that says something else than an honest leader lies,
 * so each of these and the leader are in conflict; and one that is alone against all others is asked later.
 *
 * @returns those that differ, as failures without blame.
 */
export function judgeContradiction(
  choice: SignerChoice,
  { leader }: Pick<FailedTry, 'leader'>,
  answers: readonly StatedPreparation[],
): readonly NodeFailure[] {
  const told = answers.find(({ node }) => node.party === leader)?.text;
  const different = answers.filter(({ text }) => text !== told);
  for (const { node } of different) choice.separate(leader, node.party);
  choice.penalise(leader, PENALTY.accusing);
  const alone = aloneAmong(answers);
  if (alone !== undefined) choice.penalise(alone, PENALTY.trouble);
  return different.map(({ node }) => ({ node, error: contradicts(node) }));
}

/** The party whose answer is the only other one among three or more. */
function aloneAmong(answers: readonly StatedPreparation[]): PartyIndex | undefined {
  const texts = new Set(answers.map(({ text }) => text));
  if (texts.size !== 2 || answers.length < 3) return undefined;
  const groups = [...texts].map((text) => answers.filter((answer) => answer.text === text));
  return groups.find(({ length }) => length === 1)?.[0]?.node.party;
}
