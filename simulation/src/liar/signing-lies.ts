import { toHex } from '@keymesh/foundation';
import type { Lie } from './lie.ts';

/** A well-formed share that is not the right one. */
export const wrongShare: Lie = ({ randomSource }) => ({
  answer: (request, honest) => {
    if (request.kind !== 'share' || honest.kind !== 'share') return honest;
    // 31 random bytes and a zero are below the order of every curve here, whatever the byte order.
    const scalar = randomSource(32);
    scalar[0] = 0;
    scalar[31] = 0;
    return { kind: 'share', share: toHex(scalar) };
  },
});

/** A share of the wrong length. */
export const malformedShare: Lie = () => ({
  answer: (request, honest) => {
    if (request.kind !== 'share' || honest.kind !== 'share') return honest;
    return { kind: 'share', share: 'ff' };
  },
});

/** Commitments that are no points. */
export const invalidCommitment: Lie = () => ({
  answer: (_request, honest) => {
    if (honest.kind !== 'commitment') return honest;
    return {
      kind: 'commitment',
      commitment: { ...honest.commitment, hiding: 'ff'.repeat(honest.commitment.hiding.length / 2) },
    };
  },
});

/** Commits, and then does not sign; now and then. */
export const silentSigner: Lie = ({ random }) => ({
  answer: (request, honest) => (request.kind === 'share' || random.chance(0.3) ? undefined : honest),
});
