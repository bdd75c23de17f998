import type { PartyIndex } from '@keymesh/foundation';

/** Whether items are of exactly these parties, in this order. */
export function isSameSet(items: readonly { readonly party: PartyIndex }[], parties: readonly PartyIndex[]): boolean {
  return items.length === parties.length && items.every(({ party }, i) => party === parties[i]);
}
