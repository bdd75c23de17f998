import { concatBytes } from '@keymesh/foundation';
import type { FrostSuite } from '../suite.ts';

/** How most suites, and the RFC, do it: sign the message itself, and publish whole points and R ‖ z as they are. */
export const plainForm: Pick<
  FrostSuite,
  'prepareMessage' | 'readsAsNegative' | 'encodeSignature' | 'decodeCommitment' | 'decodeResponse' | 'encodePublicKey'
> = {
  prepareMessage: (message) => message,
  readsAsNegative: () => false,
  encodeSignature: (groupCommitment, response) => concatBytes(groupCommitment, response),
  decodeCommitment: (signaturePart) => signaturePart,
  decodeResponse: (signaturePart) => signaturePart,
  encodePublicKey: (encodedPoint) => encodedPoint,
};
