import type { PartyIndex, SecretBytes } from '@keymesh/foundation';
import { type PublicKeyPackage, ROOT_KEYS, type RootKeyName } from '@keymesh/threshold';
import type { Curve, Curves, Point } from '@keymesh/threshold/curves';
import { NodeError } from '../errors.ts';

/** What the request layer needs of the epoch in service; the epoch coordinator has it. */
export interface EpochShares {
  readonly epoch: number;
  readonly self: PartyIndex;
  readonly publicKeyPackage: PublicKeyPackage;
  readonly shares: readonly { readonly name: RootKeyName; readonly share: SecretBytes }[];
}

/** One root key as this node serves it. */
export interface ServedRoot {
  readonly curve: Curve;
  /** Decoded once: decoding checks the subgroup, which is slow. */
  readonly commitments: readonly Point[];
  readonly encodedPublicKey: Uint8Array;
  readonly share: SecretBytes;
}

/** The epoch in service, decoded for use. */
export interface ServingEpoch {
  readonly epoch: number;
  readonly self: PartyIndex;
  readonly partyCount: number;
  readonly threshold: number;
  root(name: RootKeyName): ServedRoot;
}

/**
 * Decodes an epoch's public keys for the request layer.
 * @throws NodeError `chain/unexpected-data` if a root key has no share: the store and the package contradict each other.
 */
export function createServingEpoch(epoch: EpochShares, curves: Curves): ServingEpoch {
  const roots = new Map<RootKeyName, ServedRoot>();
  for (const { name, commitments } of epoch.publicKeyPackage.roots) {
    const curve = curves[ROOT_KEYS[name].curve];
    const share = epoch.shares.find((held) => held.name === name)?.share;
    const encodedPublicKey = commitments[0];
    if (share === undefined || encodedPublicKey === undefined) throw incomplete(name);
    roots.set(name, {
      curve,
      commitments: commitments.map((commitment) => curve.decodePoint(commitment)),
      encodedPublicKey,
      share,
    });
  }
  return {
    epoch: epoch.epoch,
    self: epoch.self,
    partyCount: epoch.publicKeyPackage.partyCount,
    threshold: epoch.publicKeyPackage.threshold,
    root: (name) => {
      const root = roots.get(name);
      if (root === undefined) throw incomplete(name);
      return root;
    },
  };
}

/**
 * The epoch in service for a request, decoded once for each epoch.
 * @param current what the coordinator serves now.
 * @param whyNot the error for a node that serves nothing.
 * @returns a function that throws `whyNot()`, or NodeError `wire/stale-epoch` for another epoch than the one in service.
 */
export function createServing(
  current: () => EpochShares | undefined,
  curves: Curves,
  whyNot: () => NodeError,
): (epoch: number) => ServingEpoch {
  let decoded: { readonly of: EpochShares; readonly epoch: ServingEpoch } | undefined;
  return (epoch) => {
    const shares = current();
    if (shares === undefined) throw whyNot();
    if (shares.epoch !== epoch) throw staleEpoch(epoch, shares.epoch);
    if (decoded?.of !== shares) decoded = { of: shares, epoch: createServingEpoch(shares, curves) };
    return decoded.epoch;
  };
}

function staleEpoch(asked: number, inService: number): NodeError {
  return new NodeError(`The request is for epoch ${asked}; epoch ${inService} is in service.`, {
    code: 'wire/stale-epoch',
    fault: 'caller',
    hint: 'Connect again, so that the client learns the members and keys of the epoch in service.',
    details: { asked, inService },
  });
}

function incomplete(name: RootKeyName): NodeError {
  return new NodeError(`The node has no share of the root key ${name}.`, {
    code: 'chain/unexpected-data',
    fault: 'bug',
    hint: 'The store and the public key package contradict each other; please report it.',
  });
}
