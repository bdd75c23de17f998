import { concatBytes, type PartyIndex } from '@keymesh/foundation';
import { type Curve, modulo } from '../../curves/index.ts';
import { ThresholdError } from '../../errors.ts';
import { isEachSignerOnce, type SigningContext, wrongSigners } from './signing-context.ts';
import { verifyShare } from './verify-share.ts';

/** One signer's answer of the online step. */
export interface EcdsaSignatureShare {
  readonly party: PartyIndex;
  /** Encoded scalar s_i. */
  readonly share: Uint8Array;
}

export interface EcdsaSignature {
  readonly r: Uint8Array;
  /** At most half of the order, on every curve (BIP-62, EIP-2). */
  readonly s: Uint8Array;
  /** Bit 0: the nonce's y is odd; bit 1: its x was reduced (SEC 1 §4.1.6). Ethereum's v is 27 + this. */
  readonly recoveryId: number;
  /** r ‖ s: 64 bytes, on P-384 96. */
  readonly compact: Uint8Array;
}

export interface AggregateOptions {
  /** As in FROST: `always` checks every share before the signature. Both return valid signatures only. */
  readonly verifyShares?: 'if-signature-fails' | 'always';
}

/**
 * Sums the shares of all signers and verifies the signature.
 * @throws ThresholdError `ecdsa/wrong-signers` unless there is one share for each signer; `ecdsa/invalid-share` with
 * fault `peer`, whose culprits are all signers with a malformed or wrong share.
 */
export function aggregate(
  context: SigningContext,
  shares: readonly EcdsaSignatureShare[],
  options: AggregateOptions = {},
): EcdsaSignature {
  const given = shares.map(({ party }) => party);
  if (!isEachSignerOnce(context.record, given)) throw wrongSigners(context.record, given);
  if (options.verifyShares === 'always') throwIfAnyInvalid(context, shares);
  const sum = sumOf(context.record.curve, shares);
  if (sum !== undefined && isSignature(context, sum)) return normalise(context, sum);
  throwIfAnyInvalid(context, shares);
  throw new ThresholdError('All signature shares are valid and the signature is not.', {
    code: 'ecdsa/aggregation-failed',
    fault: 'bug',
    hint: 'Please report this with the public inputs of the signature.',
  });
}

/** Σ s_i, or undefined if a share is malformed. */
function sumOf(curve: Curve, shares: readonly EcdsaSignatureShare[]): bigint | undefined {
  try {
    return shares.reduce((sum, { share }) => modulo(curve, sum + curve.decodeScalar(share)), 0n);
  } catch {
    return undefined;
  }
}

/** s·(nonce) = m·G + r·(public key): the equation of ECDSA, solved for the nonce that is known here. */
function isSignature({ record, nonce, message, r, publicKey }: SigningContext, s: bigint): boolean {
  const { curve } = record;
  if (s === 0n || r === 0n) return false;
  const expected = curve.add(curve.multiplyBasePublic(message), curve.multiplyPublic(publicKey, r));
  return curve.equals(curve.multiplyPublic(nonce, s), expected);
}

function normalise({ record, encodedNonce, r }: SigningContext, sum: bigint): EcdsaSignature {
  const { curve } = record;
  const isHigh = sum > curve.order >> 1n;
  const isOdd = ((encodedNonce[0] as number) & 1) === 1;
  const encodedR = curve.encodeScalar(r);
  const isReduced = encodedR.some((byte, i) => byte !== encodedNonce[i + 1]);
  const s = curve.encodeScalar(isHigh ? curve.order - sum : sum);
  return {
    r: encodedR,
    s,
    // −s goes with the negated nonce, whose y has the other parity.
    recoveryId: (isOdd !== isHigh ? 1 : 0) + (isReduced ? 2 : 0),
    compact: concatBytes(encodedR, s),
  };
}

function throwIfAnyInvalid(context: SigningContext, shares: readonly EcdsaSignatureShare[]): void {
  const culprits = shares.filter(({ party, share }) => !verifyShare(context, party, share)).map(({ party }) => party);
  if (culprits.length === 0) return;
  throw new ThresholdError('Some signature shares are invalid.', {
    code: 'ecdsa/invalid-share',
    fault: 'peer',
    hint: 'Sign again, with another presignature, without the named parties.',
    culprits: culprits.sort((a, b) => a - b),
  });
}
