import * as crypto from 'node:crypto';
import {
  type KeymeshError,
  type PartyIndex,
  type RandomSource,
  sha256Of,
  toKeymeshError,
  utf8,
} from '@keymesh/foundation';
import { sha384 } from '@noble/hashes/sha2.js';
import type { Curve } from '../../src/curves/index.ts';
import { loadNativeCurves } from '../../src/curves/native/index.ts';
import {
  createPresigning,
  createSetup,
  createSignerSet,
  createSigningContext,
  digestRequest,
  type EcdsaCurveName,
  type MultiplicationKernel,
  type PairTransfers,
  type Presignature,
  type SignerSet,
  type SigningContext,
  type SigningRequest,
  type SymmetricPrimitives,
} from '../../src/ecdsa/index.ts';
import { createOpenSslPrimitives, createWasmKernel } from '../../src/ecdsa/native/index.ts';
import type { Protocol } from '../../src/protocol.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { type DealtKey, dealKey } from '../sharing/trusted-dealer.ts';

/** Whatever the platform has: where native code is missing the tests are slow and the same. */
export const curves = await loadNativeCurves();
/** The curve of most tests. */
export const curve: Curve = curves.secp256k1;
/** All curves with ECDSA. */
export const ECDSA_CURVES = ['secp256k1', 'p256', 'p384'] as const satisfies readonly EcdsaCurveName[];
export const primitives: SymmetricPrimitives = createOpenSslPrimitives(crypto);
/** What nodes use; `kernel.test.ts` compares it with the reference. */
export const kernel: MultiplicationKernel = createWasmKernel();
export const EPOCH = sha256Of('epoch 1');

export interface Delivery {
  readonly from: PartyIndex;
  readonly to: PartyIndex;
  readonly round: number;
  readonly body: Uint8Array;
}

/** What really arrives in place of a delivery: other bytes, or nothing. */
export type Tamper = (delivery: Delivery) => Uint8Array | undefined;

export interface Run<Output> {
  readonly outputs: ReadonlyMap<PartyIndex, Output>;
  readonly failures: ReadonlyMap<PartyIndex, KeymeshError>;
  /** What `receive` threw, by receiver. */
  readonly refusals: ReadonlyMap<PartyIndex, readonly KeymeshError[]>;
  readonly waiting: ReadonlyMap<PartyIndex, readonly PartyIndex[]>;
  readonly deliveries: readonly Delivery[];
}

/** Runs all parties until nothing moves. */
export function run<Output>(
  protocols: ReadonlyMap<PartyIndex, Protocol<Output>>,
  tamper: Tamper = ({ body }) => body,
): Run<Output> {
  const outputs = new Map<PartyIndex, Output>();
  const failures = new Map<PartyIndex, KeymeshError>();
  const waiting = new Map<PartyIndex, readonly PartyIndex[]>();
  const refusals = new Map<PartyIndex, KeymeshError[]>([...protocols.keys()].map((party) => [party, []]));
  const deliveries: Delivery[] = [];
  const pending: Delivery[] = [];
  const advance = (self: PartyIndex) => {
    try {
      for (;;) {
        const step = (protocols.get(self) as Protocol<Output>).poke();
        waiting.delete(self);
        if (step.kind === 'done') return void outputs.set(self, step.output);
        if (step.kind === 'wait') return void waiting.set(self, step.missing);
        const receivers = step.to === 'all' ? [...protocols.keys()].filter((party) => party !== self) : [step.to];
        for (const to of receivers) pending.push({ from: self, to, round: step.round, body: step.body });
      }
    } catch (thrown) {
      failures.set(self, toKeymeshError(thrown));
    }
  };
  for (const self of protocols.keys()) advance(self);
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const body = tamper({ ...next, body: next.body.slice() });
    if (body === undefined) continue;
    deliveries.push({ ...next, body });
    try {
      protocols.get(next.to)?.receive(next.from, next.round, body);
    } catch (thrown) {
      refusals.get(next.to)?.push(toKeymeshError(thrown));
    }
    if (!failures.has(next.to) && !outputs.has(next.to)) advance(next.to);
  }
  return { outputs, failures, refusals, waiting, deliveries };
}

/** A committee with a root key, its shares, and transfers between all. */
export interface Committee {
  readonly curve: Curve;
  readonly key: DealtKey;
  readonly threshold: number;
  readonly parties: readonly PartyIndex[];
  /** By party, then by peer. */
  readonly transfers: ReadonlyMap<PartyIndex, ReadonlyMap<PartyIndex, PairTransfers>>;
}

export function setupRuns(
  parties: readonly PartyIndex[],
  { epochId = EPOCH, seed = 'setup', over = curve }: { epochId?: Uint8Array; seed?: string; over?: Curve } = {},
) {
  return new Map(
    parties.map((self) => {
      const random = seededRandom(`${seed}, party ${self}`);
      return [self, createSetup({ curve: over, epochId, self, participants: parties, random })] as const;
    }),
  );
}

export function committee(
  threshold: number,
  partyCount: number,
  seed = 'committee',
  epochId = EPOCH,
  over = curve,
): Committee {
  const parties = Array.from({ length: partyCount }, (_, i) => i + 1);
  const { outputs } = run(setupRuns(parties, { epochId, seed }));
  return { ...withKey(over, threshold, seed), threshold, parties, transfers: outputs };
}

/** A root key over another curve, for the same members and transfers. */
export function withKey(over: Curve, threshold: number, seed = 'committee'): Pick<Committee, 'curve' | 'key'> {
  return { curve: over, key: dealKey(over, threshold, seededRandom(`${seed}, key`)) };
}

export interface PresigningOptions {
  readonly seed?: string;
  readonly executionId?: Uint8Array;
  readonly epochId?: Uint8Array;
  readonly transfers?: Committee['transfers'];
  readonly randomOf?: (party: PartyIndex) => RandomSource;
  readonly kernelOf?: (party: PartyIndex) => MultiplicationKernel;
}

export function signerSetOf({ curve: over, key }: Committee, signers: readonly PartyIndex[]): SignerSet {
  return createSignerSet(over, key.commitments, signers);
}

export function presigningRuns(of: Committee, signers: readonly PartyIndex[], options: PresigningOptions = {}) {
  const { seed = 'presigning', executionId = sha256Of(`execution ${seed}`), epochId = EPOCH } = options;
  const signerSet = signerSetOf(of, signers);
  const randomOf = options.randomOf ?? ((party) => seededRandom(`${seed}, party ${party}`));
  return new Map(
    signers.map((self) => [
      self,
      createPresigning({
        signerSet,
        primitives,
        kernel: options.kernelOf?.(self) ?? kernel,
        epochId,
        executionId,
        self,
        share: of.key.share(self),
        transfers: (options.transfers ?? of.transfers).get(self) as ReadonlyMap<PartyIndex, PairTransfers>,
        random: randomOf(self),
      }),
    ]),
  );
}

/** One presignature, by signer. @throws the first failure. */
export function presign(
  of: Committee,
  signers: readonly PartyIndex[],
  options: PresigningOptions = {},
): ReadonlyMap<PartyIndex, Presignature> {
  const { outputs, failures } = run(presigningRuns(of, signers, options));
  for (const failure of failures.values()) throw failure;
  return outputs;
}

export function requestOf(text: string, tweak = 0n, over = curve): SigningRequest {
  const digest = over.name === 'p384' ? sha384(utf8(text)) : sha256Of(text);
  return { id: sha256Of(`request ${text}`), digest, tweak };
}

/** Binds every signer to the request and opens its entropy. */
export function contextOf(
  presignatures: ReadonlyMap<PartyIndex, Presignature>,
  request: SigningRequest,
): SigningContext {
  const [first] = [...presignatures.values()] as [Presignature];
  const openings = [...presignatures].map(([party, presignature]) => ({
    party,
    entropy: presignature.bind(digestRequest(presignature.record, request)),
  }));
  return createSigningContext(first.record, request, openings);
}
