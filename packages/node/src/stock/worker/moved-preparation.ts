import { type PartyIndex, SecretBytes } from '@keymesh/foundation';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { ROOT_KEYS } from '@keymesh/threshold';
import type { Curves } from '@keymesh/threshold/curves';
import { Presignature } from '@keymesh/threshold/ecdsa';
import { type NonceCommitment, SigningNonces } from '@keymesh/threshold/frost';
import type { EcdsaScheme, FrostScheme, Preparation } from '../preparation.ts';

interface MovedName {
  readonly id: string;
  readonly signers: readonly PartyIndex[];
  readonly owner: PartyIndex;
  /** SECRET. Its buffer is transferred, so that the sender keeps no copy. */
  readonly secret: Uint8Array<ArrayBuffer>;
}

/** A preparation on its way from one thread to another. */
export type MovedPreparation =
  | (MovedName & { readonly kind: 'ecdsa'; readonly scheme: EcdsaScheme })
  | (MovedName & {
      readonly kind: 'frost';
      readonly scheme: FrostScheme;
      readonly commitments: readonly NonceCommitment[];
      readonly own: NonceCommitment;
    });

/** Empties a preparation. Post the result with `secret.buffer` in the transfer list. */
export function moveOut(preparation: Preparation): MovedPreparation {
  const { id, signers, owner } = preparation;
  const name = { id, signers, owner };
  if (preparation.kind === 'ecdsa') {
    const secret = exposeMoved(preparation.presignature.moveOut());
    return { ...name, kind: 'ecdsa', scheme: preparation.scheme, secret };
  }
  const { nonces, commitments, scheme } = preparation;
  const own = nonces.commitment;
  return { ...name, kind: 'frost', scheme, commitments, own, secret: exposeMoved(nonces.moveOut()) };
}

/** @throws ThresholdError `ecdsa/malformed-state`. */
export function moveIn(moved: MovedPreparation, curves: Curves): Preparation {
  const { id, signers, owner } = moved;
  const secret = new SecretBytes(moved.secret);
  if (moved.kind === 'frost') {
    const { scheme, commitments, own } = moved;
    return { kind: 'frost', id, scheme, signers, owner, commitments, nonces: SigningNonces.moveIn(own, secret) };
  }
  const curve = curves[ROOT_KEYS[SCHEMES[moved.scheme].root].curve];
  return { kind: 'ecdsa', id, scheme: moved.scheme, signers, owner, presignature: Presignature.moveIn(curve, secret) };
}

/** The bytes themselves, in a buffer of their own. */
function exposeMoved(secret: SecretBytes): Uint8Array<ArrayBuffer> {
  const bytes = secret.expose((own) => own.slice());
  secret.wipe();
  return bytes;
}
