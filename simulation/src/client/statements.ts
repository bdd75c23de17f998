import { equalBytes, fromHex, type PartyIndex } from '@keymesh/foundation';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { type PublicKeyPackage, ROOT_KEYS } from '@keymesh/threshold';
import type { Curve, Curves, Point } from '@keymesh/threshold/curves';
import { type DerivableCurveName, deriveTweak } from '@keymesh/threshold/derivation';
import * as ecdsa from '@keymesh/threshold/ecdsa';
import * as frost from '@keymesh/threshold/frost';
import type { PartialSignature } from '../node-parts.ts';
import { type NodeRequest, sessionOf } from './requests.ts';

interface PartyShare {
  readonly party: PartyIndex;
  readonly share: Uint8Array;
}

/** What a signer says that its share was made with, decoded: with it the share can be verified. */
export interface Statement {
  /** Equal for equal statements. */
  readonly text: string;
  isShareValid(party: PartyIndex, share: Uint8Array): boolean;
  /** The signature, verified, and the key that it verifies under, in the scheme's encoding. */
  combine(shares: readonly PartyShare[]): {
    readonly signature: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly recoveryId?: number;
  };
}

/**
 * Reads the statements of the answers to one request. Equal ones are decoded once.
 * @returns a function that throws for a statement that no honest signer makes.
 */
export function createStatementReader(
  publicKeyPackage: PublicKeyPackage,
  curves: Curves,
  request: NodeRequest,
): (partial: PartialSignature) => Statement {
  const name = SCHEMES[request.scheme].root;
  const curve = curves[ROOT_KEYS[name].curve];
  const commitments = (publicKeyPackage.roots.find((root) => root.name === name)?.commitments ?? []).map((point) =>
    curve.decodePoint(point),
  );
  const tweak = deriveTweak(ROOT_KEYS[name].curve as DerivableCurveName, fromHex(request.keyId));
  const known = new Map<string, Statement>();
  return (partial) => {
    const text = JSON.stringify(partial.frost ?? partial.ecdsa ?? null);
    const statement =
      known.get(text) ??
      (SCHEMES[request.scheme].kind === 'ecdsa'
        ? readEcdsa({ text, request, curve, tweak, rootKey: commitments[0] as Point }, partial.ecdsa)
        : readFrost({ text, request, curve, tweak, commitments }, partial.frost));
    known.set(text, statement);
    return statement;
  };
}

interface Reading {
  readonly text: string;
  readonly request: NodeRequest;
  readonly curve: Curve;
  readonly tweak: bigint;
}

function readFrost(
  { text, request, curve, tweak, commitments }: Reading & { readonly commitments: readonly Point[] },
  stated: PartialSignature['frost'],
): Statement {
  assertSameParties(stated?.commitments, request.signers);
  const suite = frost.frostSuites[request.scheme as frost.FrostScheme];
  const key = frost.createGroupKey(curve, commitments, tweak);
  const encoded = stated.commitments.map(({ party, hiding, binding }) => ({
    ...{ party, hiding: fromHex(hiding), binding: fromHex(binding) },
  }));
  const context = frost.createSigningContext({
    ...{ suite, key, message: fromHex(request.message) },
    commitments: frost.decodeCommitments(curve, encoded),
  });
  return {
    text,
    isShareValid: (party, share) => frost.verifyShare(context, party, share),
    combine: (shares) => ({
      signature: frost.aggregate(context, shares),
      publicKey: suite.encodePublicKey(key.encodedPublicKey),
    }),
  };
}

function readEcdsa(
  { text, request, curve, tweak, rootKey }: Reading & { readonly rootKey: Point },
  stated: PartialSignature['ecdsa'],
): Statement {
  assertSameParties(stated?.openings, request.signers);
  const record = ecdsa.decodeRecord(curve, fromHex(stated.record));
  assertSameParties(record.signers, request.signers);
  if (!equalBytes(curve.encodePoint(record.rootKey), curve.encodePoint(rootKey))) throw impossible('of another key');
  const context = ecdsa.createSigningContext(
    record,
    { id: sessionOf(request), digest: fromHex(request.message), tweak },
    stated.openings.map(({ party, entropy }) => ({ party, entropy: fromHex(entropy) })),
  );
  return {
    text,
    isShareValid: (party, share) => ecdsa.verifyShare(context, party, share),
    combine: (shares) => {
      const { compact, recoveryId } = ecdsa.aggregate(context, shares);
      return { signature: compact, recoveryId, publicKey: context.encodedPublicKey };
    },
  };
}

function assertSameParties<T extends { readonly party: PartyIndex }>(
  items: readonly T[] | undefined,
  parties: readonly PartyIndex[],
): asserts items is readonly T[] {
  if (items?.length !== parties.length || items.some(({ party }, i) => party !== parties[i])) {
    throw impossible('of other signers');
  }
}

function impossible(reason: string): Error {
  return new Error(`What a share was made with is ${reason}.`);
}
