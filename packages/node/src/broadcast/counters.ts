/** Why something that arrived was not used. */
export interface BroadcastDrops {
  /** No message of this version. */
  malformed: number;
  /** Its author does not take part in the execution. */
  'not-a-participant': number;
  /** A round or a length that the execution does not have. */
  'out-of-bounds': number;
  /** Not signed by its author: the peer that sent it made it up. */
  'bad-signature': number;
  /** Known already, or one more after two that prove equivocation. Relaying makes these normal. */
  repeat: number;
  /** Of an execution that is over. */
  'closed-execution': number;
  /** Of an execution that this node has not opened, beyond what it keeps for later. */
  'early-overflow': number;
  /** A peer asked for the same execution too often. */
  'replay-limit': number;
}

/** What the broadcasts of a node have done since it started. */
export interface BroadcastCounters {
  published: number;
  delivered: number;
  relayed: number;
  equivocations: number;
  readonly drops: BroadcastDrops;
}

export function zeroBroadcastCounters(): BroadcastCounters {
  return {
    published: 0,
    delivered: 0,
    relayed: 0,
    equivocations: 0,
    drops: {
      malformed: 0,
      'not-a-participant': 0,
      'out-of-bounds': 0,
      'bad-signature': 0,
      repeat: 0,
      'closed-execution': 0,
      'early-overflow': 0,
      'replay-limit': 0,
    },
  };
}
