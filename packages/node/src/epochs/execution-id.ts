import { concatBytes, fromHex, type PartyIndex, Transcript, Writer } from '@keymesh/foundation';
import type { Committee } from '../chain/chain.ts';

/** What names one key generation: everything its participants must agree on before its first message. */
export interface ExecutionFacts {
  readonly chainId: number;
  /** Address of the Staking contract: 20 bytes in hex with 0x. */
  readonly staking: string;
  readonly committee: Committee;
  readonly attempt: number;
  /** Members that do not take part in this attempt. */
  readonly excluded: readonly PartyIndex[];
}

/**
 * The 32-byte id of one attempt of one epoch's key generation (docs/spec/network.md §3). It is bound into every hash,
 * proof and signature of the run, so a message of another network, epoch, attempt or member list never verifies here.
 * The chain id is written as decimal text because EVM chain ids may be longer than 32 bits.
 */
export function executionIdOf(facts: ExecutionFacts): Uint8Array {
  const { committee } = facts;
  const transcript = new Transcript('epoch/v1/execution')
    .append('chain', new Writer().text(facts.chainId.toString(10)).finish())
    .append('staking', fromHex(facts.staking))
    .appendU32('epoch', committee.epoch)
    .appendU32('attempt', facts.attempt)
    .appendU32('threshold', committee.threshold)
    .appendU32('members', committee.members.length);
  for (const member of committee.members) {
    transcript.append(
      'member',
      concatBytes(
        new Writer().u16(member.party).finish(),
        fromHex(member.nodeAddress),
        member.meshIdentity,
        Uint8Array.of(facts.excluded.includes(member.party) ? 0 : 1),
      ),
    );
  }
  return transcript.digest();
}

/** The members that take part in an attempt, ascending. */
export function participantsOf(committee: Committee, excluded: readonly PartyIndex[]): PartyIndex[] {
  return committee.members.map((member) => member.party).filter((party) => !excluded.includes(party));
}
