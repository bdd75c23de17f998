import { KeymeshError, type PartyIndex, toHex } from '@keymesh/foundation';
import { leaderOf } from '@keymesh/protocol/routes';
import type { Preparation } from './preparations.ts';

/** A signer waits for its peers for so long, as real nodes do. Milliseconds. */
export const STEP_TIMEOUT_MS = 2_500;

export interface Meeting {
  /** The 32 bytes that name the request among its signers. */
  readonly session: Uint8Array;
  readonly self: PartyIndex;
  readonly signers: readonly PartyIndex[];
  /** Whether this signer needs all others, and not the leader only. */
  readonly needsAll: boolean;
  readonly deal: () => Preparation;
}

interface Room {
  /** Who got the request from the client, and is heard by the others. */
  readonly present: Set<PartyIndex>;
  /** What each signer was told to use; the leader's own under its party. */
  readonly told: Map<PartyIndex, Preparation>;
  readonly waiting: Set<() => void>;
}

/** How signers of one request find each other (docs/spec/signing.md §5), over functions in place of links. */
export class Mesh {
  /** Nodes that no other node hears. */
  readonly mute = new Set<PartyIndex>();
  /** Nodes that, as leaders, tell the last other signer of another preparation. */
  readonly equivocating = new Set<PartyIndex>();
  readonly #rooms = new Map<string, Room>();

  reset(): void {
    this.mute.clear();
    this.equivocating.clear();
    this.#rooms.clear();
  }

  /** @throws KeymeshError `signing/signer-silent` naming those that were not heard in time. */
  async join(meeting: Meeting): Promise<Preparation> {
    const { self, signers, session } = meeting;
    const leader = leaderOf(session, signers);
    const room = this.#room(session);
    if (self === leader) this.#assign(room, meeting);
    if (!this.mute.has(self)) room.present.add(self);
    for (const wake of room.waiting) wake();
    const missing = (): PartyIndex[] => {
      if (!room.told.has(self)) return [leader];
      return meeting.needsAll ? signers.filter((party) => party !== self && !room.present.has(party)) : [];
    };
    await until(room, () => missing().length === 0);
    const silent = missing();
    if (silent.length > 0) throw signerSilent(silent);
    return room.told.get(self)!;
  }

  #assign({ told }: Room, { self, signers, deal }: Meeting): void {
    const preparation = deal();
    told.set(self, preparation);
    if (this.mute.has(self)) return;
    for (const party of signers) told.set(party, preparation);
    const victim = signers.filter((party) => party !== self).at(-1)!;
    if (this.equivocating.has(self)) told.set(victim, deal());
  }

  #room(session: Uint8Array): Room {
    const name = toHex(session);
    const room = this.#rooms.get(name) ?? { present: new Set(), told: new Map(), waiting: new Set() };
    this.#rooms.set(name, room);
    return room;
  }
}

function until({ waiting }: Room, isMet: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, STEP_TIMEOUT_MS);
    function end(): void {
      clearTimeout(timer);
      waiting.delete(wake);
      resolve();
    }
    function wake(): void {
      if (isMet()) end();
    }
    waiting.add(wake);
    wake();
  });
}

export function signerSilent(culprits: readonly PartyIndex[]): KeymeshError {
  return new KeymeshError('Signers were silent.', { code: 'signing/signer-silent', fault: 'peer', culprits });
}
