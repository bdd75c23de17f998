import type { Lie } from './lie.ts';

/** Votes for a result that nobody computed. The contract counts equal votes, so it has no effect. */
export const wrongResultVote: Lie = () => ({
  transactions: (inner) => ({
    ...inner,
    voteKeyGeneration: (vote) =>
      inner.voteKeyGeneration({ ...vote, resultHash: vote.resultHash.map((byte) => byte ^ 1) }),
  }),
});

/** Asks for another attempt whenever it can, and blames everybody else. */
export const blamingVotes: Lie = ({ self, partyCount }) => {
  const everybodyElse = Array.from({ length: partyCount }, (_, i) => i + 1).filter((party) => party !== self);
  return {
    transactions: (inner) => ({
      ...inner,
      voteRetry: (vote) => inner.voteRetry({ ...vote, blamed: everybodyElse }),
      voteKeyGeneration: ({ epoch, attempt }) => inner.voteRetry({ epoch, attempt, blamed: everybodyElse }),
    }),
  };
};

/** Never votes. */
export const noVotes: Lie = () => ({
  transactions: (inner) => ({
    ...inner,
    voteKeyGeneration: () => Promise.resolve(),
    voteRetry: () => Promise.resolve(),
  }),
});
