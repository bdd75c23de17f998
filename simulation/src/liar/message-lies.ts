import type { PartyIndex } from '@keymesh/foundation';
import { ROUND } from '@keymesh/threshold/dkg';
import {
  decodeBroadcastMessage,
  digestOf,
  type Envelope,
  encodeBroadcastMessage,
  KEYGEN_ROUND_TIMEOUT_MS,
} from '../node-parts.ts';
import { altered } from './altered-messenger.ts';
import type { Lie } from './lie.ts';

/** Old messages that a replaying liar keeps, and the longest garbage in bytes. */
const REPLAYED_MAX = 200;
const GARBAGE_BYTES_MAX = 600;

/** Around the time of a round, counted from when the liar had to speak. Milliseconds. */
const AROUND_TIMEOUT_MS = [KEYGEN_ROUND_TIMEOUT_MS - 200, KEYGEN_ROUND_TIMEOUT_MS + 200] as const;

/** The liar's own signed message, if it is one. Another lie may have put garbage in its place. */
function ownEnvelope(self: PartyIndex, message: Uint8Array): Envelope | undefined {
  try {
    const decoded = decodeBroadcastMessage(message);
    return decoded?.kind === 'envelope' && decoded.envelope.author === self ? decoded.envelope : undefined;
  } catch {
    return undefined;
  }
}

/** In one round, tells some of its peers something else than the others. Both stories carry its signature. */
export const equivocation: Lie = ({ self, random, identity, told }) => ({
  messenger: (inner) => {
    const doubleRound = random.integer(ROUND.commit, ROUND.confirm);
    const misled = new Set(random.sample(inner.peers, random.integer(1, inner.peers.length - 1)));
    return altered(inner, {
      send: (to, message) => {
        const own = ownEnvelope(self, message);
        if (own === undefined || own.round !== doubleRound || !misled.has(to)) {
          inner.send(to, message);
          return;
        }
        const body = own.body.slice();
        body[body.length - 1] = (body[body.length - 1] as number) ^ 1;
        const statement = { ...own, body };
        const envelope = { ...statement, signature: identity.sign(digestOf(statement)) };
        told(own.executionId, 'someone');
        inner.send(to, encodeBroadcastMessage({ kind: 'envelope', envelope }));
      },
    });
  },
});

/** Sends to one peer and to nobody else; the others hear of it by relay. */
export const speaksToOneOnly: Lie = ({ random }) => ({
  messenger: (inner) => {
    const confidant = random.pick(inner.peers);
    return altered(inner, {
      send: (to, message) => {
        if (to === confidant) inner.send(to, message);
      },
    });
  },
});

/**
 * Says everything, to each peer at another moment around the end of the round's time, so that some honest members think
 * that the round stalled and others do not.
 */
export const speaksAtTheLastMoment: Lie = ({ self, random, clock }) => ({
  messenger: (inner) =>
    altered(inner, {
      send: (to, message) => {
        if (ownEnvelope(self, message) !== undefined)
          clock.setTimer(random.integer(...AROUND_TIMEOUT_MS), () => inner.send(to, message));
        else inner.send(to, message);
      },
    }),
});

/** Sends again, to anybody, what it sent or heard before, of the messages that `isKept` says. */
export const replaying =
  (isKept: (message: Uint8Array) => boolean): Lie =>
  ({ random }) => {
    const kept: Uint8Array[] = [];
    const keep = (message: Uint8Array): void => {
      if (!isKept(message)) return;
      if (kept.length < REPLAYED_MAX) kept.push(message.slice());
      else kept[random.integer(0, REPLAYED_MAX - 1)] = message.slice();
    };
    return {
      messenger: (inner) => {
        const replay = (): void => {
          if (kept.length > 0 && random.chance(0.5)) inner.send(random.pick(inner.peers), random.pick(kept));
        };
        return altered(inner, {
          send: (to, message) => {
            keep(message);
            inner.send(to, message);
            replay();
          },
          onMessage: (handler) =>
            inner.onMessage((from: PartyIndex, message) => {
              keep(message);
              handler(from, message);
              replay();
            }),
        });
      },
    };
  };

/** Replays anything: of this attempt, of earlier ones, from before its restarts. */
export const replaysOldMessages: Lie = replaying(() => true);

/** Sends random bytes, and true messages with a flipped bit. */
export const sendsGarbage: Lie = ({ random }) => ({
  messenger: (inner) =>
    altered(inner, {
      send: (to, message) => {
        inner.send(to, message);
        const garbage = random.chance(0.5) ? message.slice() : random.source(random.integer(0, GARBAGE_BYTES_MAX));
        const at = random.integer(0, Math.max(0, garbage.length - 1));
        if (garbage.length > 0) garbage[at] = (garbage[at] as number) ^ 1;
        inner.send(random.pick(inner.peers), garbage);
      },
    }),
});
