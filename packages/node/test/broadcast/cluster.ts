import { createHash } from 'node:crypto';
import { type PartyIndex, SecretBytes } from '@keymesh/foundation';
import { BroadcastRouter } from '../../src/broadcast/broadcast-router.ts';
import { digestOf, type Envelope, encodeBroadcastMessage } from '../../src/broadcast/envelope.ts';
import type { SignedBroadcast } from '../../src/broadcast/signed-broadcast.ts';
import { Ed25519Signer, verifyEd25519 } from '../../src/identity/ed25519.ts';
import { Courier } from '../../src/mesh/courier/courier.ts';
import { type FaultPolicy, MemoryNetwork } from '../../src/mesh/memory.ts';
import { seededRandom, VirtualClock } from '../mesh/virtual-clock.ts';

export const EXECUTION: Uint8Array = new Uint8Array(32).fill(7);
export const ROUNDS = 3;

export function signer(party: PartyIndex): Ed25519Signer {
  return new Ed25519Signer(new SecretBytes(createHash('sha256').update(`broadcast ${party}`).digest()));
}
const KEYS = new Map(Array.from({ length: 9 }, (_, i) => [i, signer(i).publicKey] as const));

export function verify(party: PartyIndex, digest: Uint8Array, signature: Uint8Array): boolean {
  const key = KEYS.get(party);
  return key !== undefined && verifyEd25519(key, digest, signature);
}

/** A signed envelope of any content, as a liar would make it. */
export function forge(author: PartyIndex, round: number, text: string, executionId = EXECUTION, by = author): Envelope {
  const statement = { executionId, author, round, body: Buffer.from(text) };
  return { ...statement, signature: signer(by).sign(digestOf(statement)) };
}

export interface Member {
  readonly courier: Courier;
  readonly router: BroadcastRouter;
  broadcast: SignedBroadcast | undefined;
  /** `author/round/body` */
  readonly delivered: string[];
  /** `author/round` */
  readonly equivocations: string[];
}

/** Members with real couriers and signatures on a memory network. */
export class Cluster {
  readonly clock = new VirtualClock();
  readonly network: MemoryNetwork;
  readonly parties: readonly PartyIndex[];
  readonly #members = new Map<PartyIndex, Member>();
  readonly #random = seededRandom(1);

  constructor(count: number, faults: FaultPolicy = () => [1]) {
    this.parties = Array.from({ length: count }, (_, i) => i + 1);
    this.network = new MemoryNetwork({ parties: this.parties, clock: this.clock, faults });
    for (const party of this.parties) this.boot(party);
  }

  boot(party: PartyIndex): Member {
    const previous = this.#members.get(party);
    previous?.router.close();
    previous?.courier.close();
    const transport = this.network.open(party);
    const courier = new Courier({ transport, clock: this.clock, random: this.#random });
    const router = new BroadcastRouter({ messenger: courier, sign: (digest) => signer(party).sign(digest) });
    const member: Member = { courier, router, broadcast: undefined, delivered: [], equivocations: [] };
    this.#members.set(party, member);
    courier.start();
    transport.start();
    return member;
  }

  member(party: PartyIndex): Member {
    return this.#members.get(party) as Member;
  }

  open(party: PartyIndex, participants = this.parties, executionId = EXECUTION): SignedBroadcast {
    const member = this.member(party);
    const broadcast = member.router.open({ executionId, participants, rounds: ROUNDS, verify });
    broadcast.onDeliver((author, round, body) => {
      member.delivered.push(`${author}/${round}/${Buffer.from(body)}`);
    });
    broadcast.onEquivocation((author, round) => member.equivocations.push(`${author}/${round}`));
    member.broadcast = broadcast;
    return broadcast;
  }

  openAll(): void {
    for (const party of this.parties) this.open(party);
  }

  /** Sends anything to one member, as a faulty member may. */
  tell(from: PartyIndex, to: PartyIndex, envelope: Envelope): void {
    this.member(from).courier.send(to, encodeBroadcastMessage({ kind: 'envelope', envelope }));
  }

  settle(): void {
    this.clock.advance(120_000);
  }
}
