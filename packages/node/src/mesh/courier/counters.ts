/** Why a courier did not deliver or take something. */
export interface CourierDrops {
  /** A message of ours: too much waits for that peer already. */
  'outbox-full': number;
  /** No frame of this version, or an acknowledgement of what was never sent. */
  malformed: number;
  /** From a boot of the peer that is not, or not yet, known to be alive. */
  'unknown-boot': number;
  /** For an earlier boot of this node. */
  'stale-boot': number;
  /** Had arrived before. */
  repeat: number;
  /** Further ahead than any honest sender goes. */
  'beyond-window': number;
}

/** What a courier has done since it was made. */
export interface CourierCounters {
  messagesSent: number;
  messagesDelivered: number;
  retransmissions: number;
  readonly drops: CourierDrops;
}

export function zeroCourierCounters(): CourierCounters {
  const drops = { 'outbox-full': 0, malformed: 0, 'unknown-boot': 0, 'stale-boot': 0, repeat: 0, 'beyond-window': 0 };
  return { messagesSent: 0, messagesDelivered: 0, retransmissions: 0, drops };
}
