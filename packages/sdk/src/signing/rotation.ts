import type { PartyIndex } from '@keymesh/foundation';

/**
 * The nodes in the order in which a key asks them: from party 1 + (token id mod n) on, in cyclic order, so that all
 * clients of a key use the same signers, whose stock of preparations is then kept full, and all keys together use all
 * nodes (docs/spec/signing.md §6).
 *
 * @param nodes ascending by party.
 * @param partyCount n, all members of the committee.
 */
export function rotate<T extends { readonly party: PartyIndex }>(
  nodes: readonly T[],
  partyCount: number,
  tokenId: string,
): T[] {
  const first = 1 + Number(BigInt(tokenId) % BigInt(partyCount));
  return [...nodes.filter(({ party }) => party >= first), ...nodes.filter(({ party }) => party < first)];
}
