import type { PartyIndex } from '@keymesh/foundation';
import { modulo } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import type { SigningContext } from './signing-context.ts';
import { verifyShare } from './verify-share.ts';

/** One signer's answer of round 2. */
export interface SignatureShare {
  readonly party: PartyIndex;
  /** Encoded scalar z. */
  readonly share: Uint8Array;
}

export interface AggregateOptions {
  /**
   * `if-signature-fails` (the default) checks the signature alone, and single shares only to find who spoiled it;
   * `always` checks every share first. Both return valid signatures only.
   */
  readonly verifyShares?: 'if-signature-fails' | 'always';
}

/**
 * `aggregate` of RFC 9591 §5.3: sums the shares of all signers and verifies the result.
 *
 * @returns the signature in the suite's form.
 * @throws ThresholdError `frost/wrong-signers` unless there is one share per signer; `frost/invalid-share` with fault
 * `peer`, whose culprits are all signers with a malformed or wrong share.
 */
export function aggregate(
  context: SigningContext,
  shares: readonly SignatureShare[],
  options: AggregateOptions = {},
): Uint8Array {
  assertOneSharePerSigner(context, shares);
  if (options.verifyShares === 'always') throwIfAnyInvalid(context, shares);
  const { suite, key, encodedGroupCommitment } = context;
  const response = sumOf(context, shares);
  if (response !== undefined && satisfiesSignatureEquation(context, response)) {
    return suite.encodeSignature(encodedGroupCommitment, key.curve.encodeScalar(response));
  }
  throwIfAnyInvalid(context, shares);
  throw new ThresholdError('All signature shares are valid and the signature is not.', {
    code: 'frost/aggregation-failed',
    fault: 'bug',
    hint: 'Please report this with the public inputs of the signature.',
  });
}

/** Σ z, or undefined if a share is malformed. */
function sumOf({ key: { curve } }: SigningContext, shares: readonly SignatureShare[]): bigint | undefined {
  try {
    return shares.reduce((sum, { share }) => modulo(curve, sum + curve.decodeScalar(share)), 0n);
  } catch {
    return undefined;
  }
}

/** z·G = ±R ± c·PK */
function satisfiesSignatureEquation(context: SigningContext, response: bigint): boolean {
  const { curve, publicKey } = context.key;
  const nonce = context.negatesNonces ? curve.negate(context.groupCommitment) : context.groupCommitment;
  const weight = context.negatesKey ? modulo(curve, -context.challenge) : context.challenge;
  const expected = curve.add(nonce, curve.multiplyPublic(publicKey, weight));
  return curve.equals(curve.multiplyBasePublic(response), expected);
}

function throwIfAnyInvalid(context: SigningContext, shares: readonly SignatureShare[]): void {
  const culprits = shares.filter(({ party, share }) => !verifyShare(context, party, share)).map(({ party }) => party);
  if (culprits.length === 0) return;
  throw new ThresholdError('Some signature shares are invalid.', {
    code: 'frost/invalid-share',
    fault: 'peer',
    hint: 'Sign again, from round 1, without the named parties.',
    culprits: culprits.sort((a, b) => a - b),
  });
}

function assertOneSharePerSigner(context: SigningContext, shares: readonly SignatureShare[]): void {
  const { signers } = context.commitments;
  const given = new Set(shares.map(({ party }) => party));
  if (given.size === shares.length && given.size === signers.length && signers.every((party) => given.has(party))) {
    return;
  }
  throw new ThresholdError('The signature shares are not exactly one per signer.', {
    code: 'frost/wrong-signers',
    fault: 'caller',
    hint: 'Pass one share of every party in the commitments. If a signer is silent, sign again without it.',
    details: { signers, given: shares.map(({ party }) => party) },
  });
}
