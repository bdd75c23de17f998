import type { Clock, PartyIndex, RandomSource } from '@keymesh/foundation';
import type { KeyGeneration, KeyGenerationParameters } from '@keymesh/threshold/dkg';
import type { NodeAnswer, NodeRequest } from '../client/requests.ts';
import type { SeededRandom } from '../engine/seeded-random.ts';
import type { Ed25519Signer, EpochTransactions, Messenger, Stock } from '../node-parts.ts';

/** What a liar knows and how it confesses to the history. */
export interface LiarContext {
  readonly self: PartyIndex;
  readonly partyCount: number;
  readonly random: SeededRandom;
  readonly clock: Clock;
  readonly identity: Ed25519Signer;
  readonly randomSource: RandomSource;
  /** The preparations of its present process. */
  readonly stock: () => Stock | undefined;
  /** Called when a lie in a key generation leaves the liar that ends in a proof if it reaches the honest. */
  readonly told: (executionId: Uint8Array, mustBeNamedBy: 'everyone' | 'someone') => void;
}

/** Where one lie takes hold of a member that is honest otherwise. Absent hooks leave that part honest. */
export interface LieHooks {
  readonly keyGeneration?: (inner: KeyGeneration, parameters: KeyGenerationParameters) => KeyGeneration;
  readonly messenger?: (inner: Messenger) => Messenger;
  readonly transactions?: (inner: EpochTransactions) => EpochTransactions;
  /** Undefined: no answer. Another object than `honest` is a lie that the client must see through. */
  readonly answer?: (request: NodeRequest, honest: NodeAnswer) => NodeAnswer | undefined;
  /** False if what `answer` gives proves nothing to the client, which has to live with it. */
  readonly isProvable?: false;
}

/** One way of lying. */
export type Lie = (context: LiarContext) => LieHooks;
