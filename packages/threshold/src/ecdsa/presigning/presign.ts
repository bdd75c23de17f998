import {
  concatBytes,
  equalBytes,
  type PartyIndex,
  type RandomSource,
  type SecretBytes,
  Transcript,
} from '@keymesh/foundation';
import { invert, modulo, type Point, randomScalar } from '../../curves/index.ts';
import {
  inconsistentPresignature,
  invalidParameters,
  type PairCheck,
  pairCheckFailed,
  refusedMessage,
  viewMismatch,
} from '../errors.ts';
import { Inbox } from '../inbox.ts';
import type { MultiplicationKernel } from '../kernel/multiplication-kernel.ts';
import { referenceKernel } from '../kernel/reference.ts';
import {
  answerAsHolder,
  type Chooser,
  finishChooser,
  type MultiplicationSession,
  multiplicationSession,
  startChooser,
  wipeChooser,
} from '../multiplication.ts';
import type { PairTransfers } from '../pair-transfers.ts';
import { DIGEST_BYTES } from '../parameters.ts';
import type { SymmetricPrimitives } from '../primitives.ts';
import { type AbandonableProtocol, type Outgoing, RoundRun } from '../run.ts';
import type { SignerSet } from '../signer-set.ts';
import { hashEntropy } from './entropy.ts';
import {
  type CommitMessage,
  decodeCommit,
  decodeMultiply,
  decodePublish,
  encodeCommit,
  encodeMultiply,
  encodePublish,
  type MultiplyMessage,
  messageLengths,
  type PublishMessage,
  ROUND,
} from './messages.ts';
import { Presignature } from './presignature.ts';
import { isConsistent, type PresignatureRecord } from './record.ts';

export interface PresigningParameters {
  readonly signerSet: SignerSet;
  readonly primitives: SymmetricPrimitives;
  /** `referenceKernel` if absent: right everywhere, slow, and not constant-time. All kernels compute the same. */
  readonly kernel?: MultiplicationKernel;
  /** 32 bytes: the epoch of the key share and of the transfers. */
  readonly epochId: Uint8Array;
  /** 32 bytes that name this run and no other. */
  readonly executionId: Uint8Array;
  readonly self: PartyIndex;
  /** This party's share of the root key, encoded. */
  readonly share: SecretBytes;
  /** The transfers with at least every other signer. A failed check burns those of the pair. */
  readonly transfers: ReadonlyMap<PartyIndex, PairTransfers>;
  readonly random: RandomSource;
}

/**
 * Starts one signer's part in making a presignature: docs/spec/threshold-ecdsa.md §6. Messages of rounds 1 and 2 go to
 * each other signer, round 3 to all.
 *
 * @throws ThresholdError `ecdsa/invalid-parameters`; `ecdsa/pair-burnt`; `curve/invalid-scalar`.
 */
export function createPresigning(parameters: PresigningParameters): AbandonableProtocol<Presignature> {
  return startPresigning(parameters, keyShareOf(parameters));
}

/** The same with the result of `keyShareOf`, which checked the parameters. */
export function startPresigning(parameters: PresigningParameters, keyShare: bigint): AbandonableProtocol<Presignature> {
  return new PresigningRun(parameters, keyShare);
}

/**
 * This signer's summand of the root secret, if all parameters fit together. SECRET.
 * @throws ThresholdError as `createPresigning`.
 */
export function keyShareOf(parameters: PresigningParameters): bigint {
  const { signerSet, epochId, executionId, self, share, transfers } = parameters;
  const { curve, signers } = signerSet;
  if (epochId.length !== DIGEST_BYTES || executionId.length !== DIGEST_BYTES) {
    throw invalidParameters('an id does not have 32 bytes');
  }
  if (!signers.includes(self)) throw invalidParameters('this party is not one of the signers');
  for (const peer of signers) {
    if (peer === self) continue;
    const pair = transfers.get(peer);
    if (pair === undefined || pair.self !== self || pair.peer !== peer) {
      throw invalidParameters(`there are no transfers with party ${peer}`);
    }
    if (!equalBytes(pair.epochId, epochId)) throw invalidParameters('the transfers are of another epoch');
    pair.expose(() => undefined);
  }
  const keyShare = modulo(curve, share.expose((bytes) => curve.decodeScalar(bytes)) * signerSet.weightOf(self));
  if (keyShare === 0n || !curve.equals(curve.multiplyBase(keyShare), signerSet.keyShareOf(self))) {
    throw invalidParameters('the share does not belong to the root key');
  }
  return keyShare;
}

/** What this signer alone knows while the run lasts. `bigint`s cannot be wiped, only forgotten. */
interface Secrets {
  readonly keyShare: bigint;
  /** r_i, its summand of the nonce. */
  readonly instance: bigint;
  /** φ_i, its summand of the mask. */
  readonly mask: bigint;
  readonly opening: Uint8Array;
  readonly entropy: Uint8Array;
  readonly choosers: Map<PartyIndex, Chooser>;
  /** Its parts of all products so far: with its instance, and with its key share, multiplied by others' masks. */
  readonly sums: [bigint, bigint];
  /** φ_i + Σ ψ. */
  maskSum: bigint;
  /** v_i. */
  product: bigint;
}

class PresigningRun extends RoundRun<Presignature> {
  protected readonly inbox: Inbox;
  protected readonly lastRound = ROUND.publish;
  readonly #parameters: PresigningParameters;
  readonly #peers: readonly PartyIndex[];
  /** Digest of everything that all signers agreed on before the run. */
  readonly #session: Uint8Array;
  readonly #instanceKey: Point;
  readonly #commits = new Map<PartyIndex, CommitMessage>();
  #seen: Uint8Array = new Uint8Array(0);
  #nonce: Point;
  #published: PublishMessage | undefined;
  #secrets: Secrets | undefined;

  constructor(parameters: PresigningParameters, keyShare: bigint) {
    super();
    const { signerSet, self, random, epochId, executionId } = parameters;
    const { curve, signers } = signerSet;
    this.#parameters = { ...parameters, epochId: epochId.slice(), executionId: executionId.slice() };
    this.#peers = signers.filter((party) => party !== self);
    this.inbox = new Inbox(self, this.#peers, messageLengths(curve));
    this.#session = new Transcript('ecdsa/v1/presigning')
      .append('signers', signerSet.digest)
      .append('epoch', epochId)
      .append('execution', executionId)
      .digest();
    const instance = randomScalar(curve, random);
    const mask = randomScalar(curve, random);
    this.#secrets = {
      keyShare,
      instance,
      mask,
      opening: random(DIGEST_BYTES),
      entropy: random(DIGEST_BYTES),
      choosers: new Map(),
      sums: [0n, 0n],
      maskSum: mask,
      product: 0n,
    };
    this.#instanceKey = curve.multiplyBase(instance);
    this.#nonce = this.#instanceKey;
  }

  protected get self(): PartyIndex {
    return this.#parameters.self;
  }

  protected speak(round: number): Outgoing[] {
    if (round === ROUND.publish) {
      return [{ kind: 'send', to: 'all', reliable: true, round, body: this.#publish() }];
    }
    if (round === ROUND.multiply) this.#acceptCommits();
    const bodyFor = round === ROUND.commit ? this.#commit() : (peer: PartyIndex) => this.#multiply(peer);
    return this.#peers.map((peer) => ({ kind: 'send', to: peer, reliable: false, round, body: bodyFor(peer) }));
  }

  protected forget(): void {
    for (const chooser of this.#secrets?.choosers.values() ?? []) wipeChooser(chooser);
    this.#secrets?.entropy.fill(0);
    this.#secrets = undefined;
  }

  /** Round 1: fixes the instance key and the entropy, and begins each multiplication by this signer's mask. */
  #commit(): (peer: PartyIndex) => Uint8Array {
    const { random, signerSet, transfers, epochId, executionId } = this.#parameters;
    const { choosers, opening, entropy } = this.#secrets as Secrets;
    const encoded = signerSet.curve.encodePoint(this.#instanceKey);
    const hashes = {
      instanceKeyHash: this.#hashInstanceKey(this.self, encoded, opening),
      entropyHash: hashEntropy(signerSet.curve, epochId, executionId, this.self, entropy),
    };
    this.#commits.set(this.self, { ...hashes, chooser: new Uint8Array(0) });
    return (peer) => {
      const pair = transfers.get(peer) as PairTransfers;
      const chooser = pair.expose(({ offered }) =>
        startChooser(this.#multiplication(peer, this.self), offered, random),
      );
      choosers.set(peer, chooser);
      return encodeCommit({ ...hashes, chooser: chooser.message });
    };
  }

  #acceptCommits(): void {
    for (const peer of this.#peers) {
      this.#commits.set(
        peer,
        this.#decode(peer, ROUND.commit, (body) => decodeCommit(this.#parameters.signerSet.curve, body)),
      );
    }
    const transcript = new Transcript('ecdsa/v1/presigning-commitments').append('session', this.#session);
    for (const signer of this.#parameters.signerSet.signers) {
      const { instanceKeyHash, entropyHash } = this.#commits.get(signer) as CommitMessage;
      transcript.appendU32('signer', signer).append('instance', instanceKeyHash).append('entropy', entropyHash);
    }
    this.#seen = transcript.digest();
  }

  /** Round 2: answers a peer's multiplication with instance and key share, and opens the instance key. */
  #multiply(peer: PartyIndex): Uint8Array {
    const { signerSet, transfers, random } = this.#parameters;
    const { curve } = signerSet;
    const secrets = this.#secrets as Secrets;
    const pair = transfers.get(peer) as PairTransfers;
    const { chooser: received } = this.#commits.get(peer) as CommitMessage;
    const inputs = [secrets.instance, secrets.keyShare];
    const answer = pair.expose(({ held }) =>
      answerAsHolder(this.#multiplication(this.self, peer), held, inputs, received, random),
    );
    if (answer === undefined) throw this.#pairFailed('extension', peer);
    const [first, second] = answer.products as [bigint, bigint];
    addProducts(secrets, answer.products);
    const own = secrets.choosers.get(peer) as Chooser;
    return encodeMultiply(curve, {
      seen: this.#seen,
      instanceKey: this.#instanceKey,
      opening: secrets.opening,
      correction: modulo(curve, secrets.mask - own.factor),
      productCommitments: [curve.multiplyBase(first), curve.multiplyBase(second)],
      holder: answer.message,
    });
  }

  /** Round 3: checks what each peer multiplied, and commits to this signer's shares. */
  #publish(): Uint8Array {
    const { curve } = this.#parameters.signerSet;
    const secrets = this.#secrets as Secrets;
    const messages = this.#peers.map(
      (peer) => [peer, this.#decode(peer, ROUND.multiply, (body) => decodeMultiply(curve, body))] as const,
    );
    for (const [peer, { seen }] of messages) if (!equalBytes(seen, this.#seen)) throw viewMismatch(peer);
    for (const [peer, message] of messages) {
      addProducts(secrets, this.#checkedProducts(peer, message));
      secrets.maskSum += message.correction;
      this.#nonce = curve.add(this.#nonce, message.instanceKey);
    }
    if (curve.isIdentity(this.#nonce)) throw inconsistentPresignature(this.#peers);
    const scale = modulo(curve, secrets.instance * secrets.maskSum + secrets.sums[0]);
    secrets.product = modulo(curve, secrets.keyShare * secrets.maskSum + secrets.sums[1]);
    this.#published = {
      scale,
      inverse: curve.multiply(this.#nonce, secrets.mask),
      product: curve.multiply(this.#nonce, secrets.product),
    };
    return encodePublish(curve, this.#published);
  }

  /** This signer's parts of the products with one peer, after every check of that peer's round 2. */
  #checkedProducts(peer: PartyIndex, message: MultiplyMessage): readonly bigint[] {
    const { signerSet } = this.#parameters;
    const { curve } = signerSet;
    const { instanceKeyHash } = this.#commits.get(peer) as CommitMessage;
    const opened = this.#hashInstanceKey(peer, curve.encodePoint(message.instanceKey), message.opening);
    if (!equalBytes(opened, instanceKeyHash)) throw this.#pairFailed('opening', peer);
    const chooser = (this.#secrets as Secrets).choosers.get(peer) as Chooser;
    const products = finishChooser(this.#multiplication(peer, this.self), chooser, message.holder);
    if (products === undefined) throw this.#pairFailed('multiplication', peer);
    // factor · input·G = c·G + d·G: the peer multiplied the secret behind its public point, and nothing else.
    const isOf = (input: Point, index: 0 | 1): boolean =>
      curve.equals(
        curve.multiply(input, chooser.factor),
        curve.add(message.productCommitments[index], curve.multiplyBase(products[index] as bigint)),
      );
    if (!isOf(message.instanceKey, 0)) throw this.#pairFailed('instance-key', peer);
    if (!isOf(signerSet.keyShareOf(peer), 1)) throw this.#pairFailed('key-share', peer);
    return products;
  }

  protected finish(): Presignature {
    const { signerSet, epochId, executionId } = this.#parameters;
    const { curve, signers } = signerSet;
    const published = signers.map((party) => ({
      party,
      entropy: (this.#commits.get(party) as CommitMessage).entropyHash,
      ...(party === this.self
        ? (this.#published as PublishMessage)
        : this.#decode(party, ROUND.publish, (body) => decodePublish(curve, body))),
    }));
    const record: PresignatureRecord = {
      curve,
      epochId,
      executionId,
      transcript: new Transcript('ecdsa/v1/presigning-transcript')
        .append('session', this.#session)
        .append('commitments', this.#seen)
        .digest(),
      rootKey: signerSet.rootKey,
      nonce: this.#nonce,
      scale: modulo(
        curve,
        published.reduce((sum, { scale }) => sum + scale, 0n),
      ),
      signers: published.map(({ party, entropy, inverse, product }) => ({ party, entropy, inverse, product })),
    };
    if (!isConsistent(record)) throw inconsistentPresignature(this.#peers);
    const { mask, product, entropy } = this.#secrets as Secrets;
    const unscale = invert(curve, record.scale);
    const share = (value: bigint): Uint8Array => curve.encodeScalar(modulo(curve, value * unscale));
    return new Presignature(record, this.self, concatBytes(share(mask), share(product), entropy));
  }

  #hashInstanceKey(signer: PartyIndex, encoded: Uint8Array, opening: Uint8Array): Uint8Array {
    return new Transcript('ecdsa/v1/instance-key')
      .append('session', this.#session)
      .appendU32('signer', signer)
      .append('instance key', encoded)
      .append('opening', opening)
      .digest();
  }

  #multiplication(holder: PartyIndex, chooser: PartyIndex): MultiplicationSession {
    const { signerSet, primitives, kernel = referenceKernel } = this.#parameters;
    const { curve } = signerSet;
    const session = multiplicationSession(primitives, curve, this.#session, { holder, chooser });
    return { curve, primitives, kernel, session };
  }

  #decode<T>(from: PartyIndex, round: number, decode: (body: Uint8Array) => T): T {
    try {
      return decode(this.inbox.get(round, from));
    } catch (cause) {
      throw refusedMessage('ecdsa/malformed-message', 'a malformed message', { from, round, cause });
    }
  }

  /** The peer may have learned bits of the transfers by failing: they end here. */
  #pairFailed(check: PairCheck, peer: PartyIndex): Error {
    this.#parameters.transfers.get(peer)?.burn();
    return pairCheckFailed(check, this.self, peer);
  }
}

function addProducts(secrets: Secrets, products: readonly bigint[]): void {
  secrets.sums[0] += products[0] as bigint;
  secrets.sums[1] += products[1] as bigint;
}
