import { type PartyIndex, toHex } from '@keymesh/foundation';
import { NodeError } from '../../errors.ts';
import { ED25519_KEY_BYTES } from '../../identity/ed25519.ts';

/** A member of the committee as the mesh needs it, from the chain. */
export interface MeshMember {
  readonly party: PartyIndex;
  /** 32-byte Ed25519 key that the member's certificate must carry. */
  readonly meshIdentity: Uint8Array;
  readonly host: string;
  readonly port: number;
}

/** A checked list of members, seen from one of them. */
export interface Membership {
  readonly self: PartyIndex;
  /** Without `self`, ascending. */
  readonly peers: readonly PartyIndex[];
  /** By mesh identity in hex, without `self`. */
  readonly byIdentity: ReadonlyMap<string, MeshMember>;
  /** By party, without `self`. */
  readonly byParty: ReadonlyMap<PartyIndex, MeshMember>;
}

/** @throws NodeError `mesh/invalid-members` if `own` is not listed or a party or an identity is listed twice. */
export function checkMembers(members: readonly MeshMember[], own: Uint8Array): Membership {
  const byIdentity = new Map<string, MeshMember>();
  const byParty = new Map<PartyIndex, MeshMember>();
  for (const member of members) {
    if (member.meshIdentity.length !== ED25519_KEY_BYTES) throw invalid('an identity does not have 32 bytes');
    const identity = toHex(member.meshIdentity);
    if (byIdentity.has(identity) || byParty.has(member.party)) throw invalid('a party or an identity is listed twice');
    byIdentity.set(identity, member);
    byParty.set(member.party, member);
  }
  const self = byIdentity.get(toHex(own));
  if (self === undefined) throw invalid('this node is not in it');
  byIdentity.delete(toHex(own));
  byParty.delete(self.party);
  return { self: self.party, peers: [...byParty.keys()].sort((a, b) => a - b), byIdentity, byParty };
}

function invalid(reason: string): NodeError {
  return new NodeError(`The membership of the mesh is invalid: ${reason}.`, {
    code: 'mesh/invalid-members',
    fault: 'caller',
    hint: 'Compare the identity that the node prints at its start with the one that is registered on chain.',
  });
}
