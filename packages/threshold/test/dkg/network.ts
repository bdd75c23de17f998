import { type KeymeshError, type PartyIndex, sha256Of, toKeymeshError } from '@keymesh/foundation';
import { type Curves, nobleCurves } from '../../src/curves/index.ts';
import {
  createKeyGeneration,
  type KeyGeneration,
  type KeyGenerationOutput,
  type KeyGenerationParameters,
  withPointCache,
} from '../../src/dkg/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { withRepeatedProducts } from './repeated-products.ts';

/** Noble curves that decode each point once for all parties of the test file. */
export const curves: Curves = withRepeatedProducts(withPointCache(nobleCurves, 4096));

export interface Setting {
  readonly partyCount: number;
  readonly threshold: number;
  readonly participants: readonly PartyIndex[];
  readonly executionId: Uint8Array;
  readonly seed: string;
  readonly curves: Curves;
}

export function setting(partyCount: number, options: Partial<Setting> = {}): Setting {
  return {
    partyCount,
    threshold: Math.max(2, Math.ceil((2 * partyCount) / 3)),
    participants: Array.from({ length: partyCount }, (_, i) => i + 1),
    executionId: sha256Of('execution 1'),
    seed: 'seed 1',
    curves,
    ...options,
  };
}

export function parametersOf(of: Setting, self: PartyIndex): KeyGenerationParameters {
  const { seed, ...rest } = of;
  return { ...rest, self, random: seededRandom(`${seed}, party ${self}`) };
}

export interface Delivery {
  readonly from: PartyIndex;
  readonly to: PartyIndex;
  readonly round: number;
  readonly body: Uint8Array;
}

export interface Behaviour {
  /** What really arrives in place of a delivery: other bytes, or nothing. `sent` is what codes sent so far. */
  readonly tamper?: (delivery: Delivery, sent: Run['sent']) => Uint8Array | undefined;
  /** What else arrives when everything sent was delivered. Asked once. */
  readonly inject?: (sent: Run['sent']) => readonly Delivery[];
  /** Which of the pending deliveries comes next; in order if left out. */
  readonly pick?: (count: number, pending: readonly Delivery[]) => number;
  /** Whether the delivery is made once more, later. */
  readonly repeat?: (delivery: Delivery) => boolean;
}

export type Outcome =
  | { readonly kind: 'done'; readonly output: KeyGenerationOutput }
  | { readonly kind: 'failed'; readonly error: KeymeshError }
  | { readonly kind: 'waiting'; readonly round: number; readonly missing: readonly PartyIndex[] };

export interface Run {
  readonly outcomes: ReadonlyMap<PartyIndex, Outcome>;
  /** What `receive` threw, by receiver. */
  readonly refusals: ReadonlyMap<PartyIndex, readonly KeymeshError[]>;
  /** What each party's code sent, by `party:round`, before any tampering. */
  readonly sent: ReadonlyMap<string, Uint8Array>;
}

/** Runs all participants until nothing moves. */
export function run(of: Setting, { tamper, inject = () => [], pick = () => 0, repeat }: Behaviour = {}): Run {
  const protocols = new Map(of.participants.map((self) => [self, createKeyGeneration(parametersOf(of, self))]));
  const outcomes = new Map<PartyIndex, Outcome>();
  const refusals = new Map<PartyIndex, KeymeshError[]>(of.participants.map((party) => [party, []]));
  const sent = new Map<string, Uint8Array>();
  const pending: Delivery[] = [];
  const advance = (self: PartyIndex) => {
    outcomes.set(
      self,
      pokeUntilIdle(protocols.get(self)!, (round, body) => {
        sent.set(`${self}:${round}`, body);
        for (const to of of.participants) if (to !== self) pending.push({ from: self, to, round, body });
      }),
    );
  };
  for (const self of of.participants) advance(self);
  const deliver = ({ from, to, round, body }: Delivery) => {
    try {
      protocols.get(to)!.receive(from, round, body);
    } catch (thrown) {
      refusals.get(to)!.push(toKeymeshError(thrown));
    }
    advance(to);
  };
  while (pending.length > 0) {
    const [delivery] = pending.splice(pick(pending.length, pending), 1) as [Delivery];
    const body = tamper === undefined ? delivery.body : tamper(delivery, sent);
    if (body === undefined) continue;
    if (repeat?.(delivery)) pending.push(delivery);
    deliver({ ...delivery, body });
  }
  for (const delivery of inject(sent)) deliver(delivery);
  return { outcomes, refusals, sent };
}

function pokeUntilIdle(protocol: KeyGeneration, send: (round: number, body: Uint8Array) => void): Outcome {
  for (;;) {
    try {
      const step = protocol.poke();
      if (step.kind === 'done') return { kind: 'done', output: step.output };
      if (step.kind === 'wait') return { kind: 'waiting', round: step.round, missing: step.missing };
      send(step.round, step.body);
    } catch (thrown) {
      return { kind: 'failed', error: toKeymeshError(thrown) };
    }
  }
}

/** The outputs of a run in which everybody finished. @throws the first failure. */
export function outputsOf({ outcomes }: Run): ReadonlyMap<PartyIndex, KeyGenerationOutput> {
  const outputs = new Map<PartyIndex, KeyGenerationOutput>();
  for (const [party, outcome] of outcomes) {
    if (outcome.kind === 'failed') throw outcome.error;
    if (outcome.kind === 'waiting') throw new Error(`party ${party} waits for ${outcome.missing}`);
    outputs.set(party, outcome.output);
  }
  return outputs;
}
