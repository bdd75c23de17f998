import type { NonceCommitmentMessage, SignerCommitment } from '@keymesh/protocol/routes';
import type { FrostScheme } from '@keymesh/threshold/frost';

/** What a client asks a node, after sessions and permissions were checked. Byte strings are hex. */
export type NodeRequest =
  | { readonly kind: 'commit'; readonly owner: string; readonly scheme: FrostScheme }
  | {
      readonly kind: 'share';
      readonly owner: string;
      readonly scheme: FrostScheme;
      readonly keyId: string;
      readonly message: string;
      readonly commitments: readonly SignerCommitment[];
    };

export type NodeAnswer =
  | { readonly kind: 'commitment'; readonly commitment: NonceCommitmentMessage }
  | { readonly kind: 'share'; readonly share: string }
  | { readonly kind: 'error'; readonly code: string };
