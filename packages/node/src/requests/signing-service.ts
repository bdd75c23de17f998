import { type Clock, fromHex, type RandomSource, toHex } from '@keymesh/foundation';
import type { NonceCommitmentMessage, SignerCommitment } from '@keymesh/protocol/routes';
import { isSchemeOf, SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import { accountSignatureMessage, type BlsBackend, partialSign } from '@keymesh/threshold/bls';
import { deriveTweak } from '@keymesh/threshold/derivation';
import {
  commit,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostScheme,
  frostSuites,
  signShare,
} from '@keymesh/threshold/frost';
import { NodeError } from '../errors.ts';
import { NonceVault } from './nonce-vault.ts';
import type { ServingEpoch } from './serving-epoch.ts';

const NONCE_ID_BYTES = 16;

export interface SigningServiceModules {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Constant-time where the platform has it. */
  readonly bls: BlsBackend;
}

/** A request for one partial signature whose caller has been found to be allowed to ask for it. */
export interface AuthorizedSigningRequest {
  /** The caller's wallet, lower case with 0x: nonces are bound to it. */
  readonly owner: string;
  readonly tokenId: bigint;
  /** 32 bytes from the contract that minted the token; the child key derives from it. */
  readonly keyId: Uint8Array;
  readonly scheme: SchemeName;
  readonly message: Uint8Array;
  readonly commitments: readonly SignerCommitment[];
}

export interface PartialSignature {
  readonly share: Uint8Array;
  /** In the scheme's encoding. */
  readonly publicKey: Uint8Array;
}

/**
 * Makes this node's part of signatures. Pure but for its clock and randomness, so that the simulation runs the same
 * code. It trusts its caller that the request is authorised, and nothing else.
 */
export class SigningService {
  readonly #modules: SigningServiceModules;
  readonly #vault: NonceVault;

  constructor(modules: SigningServiceModules) {
    this.#modules = modules;
    this.#vault = new NonceVault(modules.clock);
  }

  /** Nonce pairs in memory. */
  get noncesHeld(): number {
    return this.#vault.size;
  }

  /**
   * FROST round 1: commitments to fresh nonces, for this owner and scheme alone.
   * @throws NodeError `nonce/too-many`.
   */
  commit(epoch: ServingEpoch, owner: string, scheme: FrostScheme, count: number): NonceCommitmentMessage[] {
    const suite = frostSuites[scheme];
    const { curve, share } = epoch.root(SCHEMES[scheme].root);
    const { random } = this.#modules;
    this.#vault.requireRoom(owner, count);
    return Array.from({ length: count }, () => {
      const nonces = commit({ suite, curve, party: epoch.self, share, random });
      const id = toHex(random(NONCE_ID_BYTES));
      const expiresAt = this.#vault.put(id, { owner, scheme, epoch: epoch.epoch }, nonces);
      return { id, hiding: toHex(nonces.commitment.hiding), binding: toHex(nonces.commitment.binding), expiresAt };
    });
  }

  /**
   * One partial signature. Everything public is checked before the nonces are taken, and they are gone from memory
   * before the share exists.
   *
   * @throws NodeError `wire/bad-body` for a scheme of ECDSA; `signing/invalid-signer-set`, `nonce/unknown`; ThresholdError `frost/…`, `curve/…`.
   */
  sign(epoch: ServingEpoch, request: AuthorizedSigningRequest): PartialSignature {
    const { scheme } = request;
    if (isSchemeOf('ecdsa', scheme)) throw notServed(scheme);
    return isSchemeOf('frost', scheme) ? this.#signFrost(epoch, request, scheme) : this.#signBls(epoch, request);
  }

  /** Destroys nonces that have expired, so that they do not stay in memory while nobody signs. */
  sweep(): void {
    this.#vault.sweep();
  }

  /** Destroys all nonces: at the end of an epoch and of the process. */
  clear(): void {
    this.#vault.clear();
  }

  #signFrost(epoch: ServingEpoch, request: AuthorizedSigningRequest, scheme: FrostScheme): PartialSignature {
    const own = ownCommitment(epoch, request.commitments);
    const suite = frostSuites[scheme];
    const { root: rootName } = SCHEMES[scheme];
    const { curve, commitments: root, share } = epoch.root(rootName);
    const key = createGroupKey(curve, root, deriveTweak(rootName, request.keyId));
    const context = createSigningContext({
      suite,
      key,
      commitments: decodeCommitments(
        curve,
        request.commitments.map(({ party, hiding, binding }) => ({
          party,
          hiding: fromHex(hiding),
          binding: fromHex(binding),
        })),
      ),
      message: request.message,
    });
    const nonces = this.#vault.take(own.id, { owner: request.owner, scheme, epoch: epoch.epoch });
    return { share: signShare(context, nonces, share), publicKey: suite.encodePublicKey(key.encodedPublicKey) };
  }

  #signBls(epoch: ServingEpoch, request: AuthorizedSigningRequest): PartialSignature {
    const root = epoch.root('bls12381-sessions');
    const message = accountSignatureMessage(request.tokenId, request.message);
    const { bls, random } = this.#modules;
    const { value } = partialSign(bls, epoch.self, root.share, message, random);
    return { share: value, publicKey: root.encodedPublicKey };
  }
}

function notServed(scheme: SchemeName): NodeError {
  return new NodeError(`Nodes do not make shares of ${scheme} yet.`, {
    code: 'wire/bad-body',
    fault: 'caller',
    hint: 'Use a scheme of FROST or BLS.',
  });
}

function ownCommitment(epoch: ServingEpoch, commitments: readonly SignerCommitment[]): SignerCommitment {
  const own = commitments.find(({ party }) => party === epoch.self);
  const outside = commitments.filter(({ party }) => party > epoch.partyCount).map(({ party }) => party);
  if (own !== undefined && outside.length === 0 && commitments.length >= epoch.threshold) return own;
  throw new NodeError('The signer set of the request cannot sign here.', {
    code: 'signing/invalid-signer-set',
    fault: 'caller',
    hint: `Name at least ${epoch.threshold} parties of 1 … ${epoch.partyCount}, this node (party ${epoch.self}) among them.`,
    details: { signers: commitments.map(({ party }) => party), threshold: epoch.threshold },
  });
}
