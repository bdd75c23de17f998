import { toHex } from '@keymesh/foundation';
import type { NodeAnswer } from '../client/requests.ts';
import type { Lie } from './lie.ts';

type Share = Extract<NodeAnswer, { kind: 'share' }>;

function changing(change: (answer: Share, bytes: (length: number) => Uint8Array) => Share): Lie {
  return ({ randomSource }) => ({
    answer: (_request, honest) => (honest.kind === 'share' ? change(honest, randomSource) : honest),
  });
}

/** A well-formed share that is not the right one. */
export const wrongShare = changing(({ partial }, bytes) => {
  // 31 random bytes and a zero are below the order of every curve here, whatever the byte order.
  const scalar = bytes(32);
  scalar[0] = 0;
  scalar[31] = 0;
  return { kind: 'share', partial: { ...partial, share: toHex(scalar) } };
});

/** A share of the wrong length. */
export const malformedShare = changing(({ partial }) => ({ kind: 'share', partial: { ...partial, share: 'ff' } }));

/** Says that its share was made with other commitments or entropy: well-formed, and contradicted by the share. */
export const wrongStatement = changing(({ partial }, bytes) => {
  const { frost, ecdsa } = partial;
  if (frost !== undefined) {
    const [first, second, ...rest] = frost.commitments;
    if (first === undefined || second === undefined) return { kind: 'share', partial };
    const commitments = [{ ...first, hiding: second.hiding }, second, ...rest];
    return { kind: 'share', partial: { ...partial, frost: { ...frost, commitments } } };
  }
  if (ecdsa === undefined) return { kind: 'share', partial };
  const openings = ecdsa.openings.map((opening, i) => (i === 0 ? { ...opening, entropy: toHex(bytes(32)) } : opening));
  return { kind: 'share', partial: { ...partial, ecdsa: { ...ecdsa, openings } } };
});

/** Says nothing of what its share was made with. */
export const missingStatement = changing(({ partial: { share, publicKey } }) => ({
  kind: 'share',
  partial: { share, publicKey },
}));

/** Does its part among the signers, and does not answer the client. */
export const silentSigner: Lie = () => ({ answer: () => undefined });

/** Tells the client that somebody else is at fault. */
export const falseAccusation: Lie = ({ self, random }) => ({
  isProvable: false,
  answer: ({ signers }) => {
    const accused = random.pick(signers.filter((party) => party !== self));
    return { kind: 'error', code: 'signing/signer-silent', accused: [accused] };
  },
});
