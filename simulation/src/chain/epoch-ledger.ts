import { fromHex, type PartyIndex, toHex } from '@keymesh/foundation';
import {
  applyEpochEvent,
  bitmapOf,
  type EpochState,
  initialEpochState,
  type EpochEvent as LedgerEvent,
  type LockedEpoch,
  partiesOf,
} from '@keymesh/protocol/epochs';
import type { RootKeyName } from '@keymesh/threshold';
import type { ActiveEpoch, Committee, EpochTransactions, PendingKeyGeneration } from '../node-parts.ts';

type ResultVote = Parameters<EpochTransactions['voteKeyGeneration']>[0];
type RetryVote = Parameters<EpochTransactions['voteRetry']>[0];

export type EpochCall =
  | ({ readonly kind: 'vote-result' } & ResultVote)
  | ({ readonly kind: 'vote-retry' } & RetryVote)
  | { readonly kind: 'advance' };

/** The Staking contract's epochs: the protocol package's machine, and how a node reads it. */
export class EpochLedger {
  readonly #committee: Committee;
  #state: EpochState;

  /** Every member has joined and the set is locked. */
  constructor(committee: Committee) {
    this.#committee = committee;
    this.#state = initialEpochState(committee.members.length);
    for (const { nodeAddress } of committee.members) this.#apply({ kind: 'join', nodeAddress });
    this.#apply({ kind: 'lockValidatorsForNextEpoch' });
  }

  get stateName(): string {
    return this.#state.phase;
  }

  /** Carries out a call of a member. @returns the name of the refusal, if it is refused. */
  apply(party: PartyIndex, call: EpochCall): string | undefined {
    const nodeAddress = this.#committee.members[party - 1]?.nodeAddress as string;
    switch (call.kind) {
      case 'vote-result': {
        const { epoch, attempt } = call;
        return this.#apply({ kind: 'voteKeyGeneration', nodeAddress, epoch, attempt, result: textOf(call) });
      }
      case 'vote-retry': {
        const { epoch, attempt, blamed } = call;
        return this.#apply({ kind: 'voteRetry', nodeAddress, epoch, attempt, blamed: bitmapOf(blamed) });
      }
      case 'advance':
        return this.#apply({ kind: 'advanceEpoch' });
    }
  }

  get pending(): PendingKeyGeneration | undefined {
    const { locked, phase } = this.#state;
    if (locked === undefined) return undefined;
    return {
      committee: this.#committee,
      attempt: locked.attempt,
      excluded: partiesOf(locked.excluded),
      retryVoters: locked.retryVotes.map(({ party }) => party),
      resultVoters: locked.resultVotes.map(({ party }) => party),
      ready: phase === 'ReadyForNextEpoch',
    };
  }

  get active(): ActiveEpoch | undefined {
    const { active } = this.#state;
    return active === undefined ? undefined : this.#read(active);
  }

  #read({ attempt, excluded, result }: LockedEpoch): ActiveEpoch {
    const { resultHash, rootKeys } = JSON.parse(result as string) as VoteText;
    return {
      committee: this.#committee,
      attempt,
      excluded: partiesOf(excluded),
      resultHash: fromHex(resultHash),
      rootKeys: rootKeys.map(([name, publicKey]) => ({ name, publicKey: fromHex(publicKey) })),
    };
  }

  #apply(event: LedgerEvent): string | undefined {
    const outcome = applyEpochEvent(this.#state, event);
    if ('refusal' in outcome) return outcome.refusal.name;
    this.#state = outcome.state;
    return undefined;
  }
}

interface VoteText {
  readonly resultHash: string;
  readonly rootKeys: readonly (readonly [RootKeyName, string])[];
}

function textOf({ resultHash, rootKeys }: ResultVote): string {
  const text: VoteText = {
    resultHash: toHex(resultHash),
    rootKeys: rootKeys.map(({ name, publicKey }) => [name, toHex(publicKey)]),
  };
  return JSON.stringify(text);
}
