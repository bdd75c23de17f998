import type { PartyIndex } from '@keymesh/foundation';
import { isSchemeOf, SCHEME_NAMES, SCHEMES, type SchemeName, type SchemeNameOf } from '@keymesh/protocol/schemes';
import type { Presignature } from '@keymesh/threshold/ecdsa';
import type { NonceCommitment, SigningNonces } from '@keymesh/threshold/frost';

export type EcdsaScheme = SchemeNameOf<'ecdsa'>;
export type FrostScheme = SchemeNameOf<'frost'>;
/** The schemes that need something prepared. */
export type PreparedScheme = EcdsaScheme | FrostScheme;

/** All of them, for tables and metrics. */
export const PREPARED_SCHEMES: readonly PreparedScheme[] = SCHEME_NAMES.flatMap((name) => preparedScheme(name) ?? []);

interface PreparationName {
  /** 64 hex digits: a hash of its public half (docs/spec/signing.md §1). */
  readonly id: string;
  /** Exactly t, ascending; this node is one of them. */
  readonly signers: readonly PartyIndex[];
  /** The signer that may assign it to a request. */
  readonly owner: PartyIndex;
}

export interface EcdsaPreparation extends PreparationName {
  readonly kind: 'ecdsa';
  readonly scheme: EcdsaScheme;
  readonly presignature: Presignature;
}

export interface FrostPreparation extends PreparationName {
  readonly kind: 'frost';
  readonly scheme: FrostScheme;
  readonly nonces: SigningNonces;
  /** Of all signers, ascending by party. */
  readonly commitments: readonly NonceCommitment[];
}

/** What was made for one signature before its message was known: this node's secret half, and what is public of it. */
export type Preparation = EcdsaPreparation | FrostPreparation;

/** Destroys a preparation's secrets. May be called at any time, also after use. */
export function discard(preparation: Preparation): void {
  if (preparation.kind === 'ecdsa') preparation.presignature.discard();
  else preparation.nonces.discard();
}

/** The scheme of a name that came over the wire, or undefined. */
export function preparedScheme(name: string): PreparedScheme | undefined {
  if (!Object.hasOwn(SCHEMES, name)) return undefined;
  const scheme = name as SchemeName;
  return isSchemeOf('ecdsa', scheme) || isSchemeOf('frost', scheme) ? scheme : undefined;
}
