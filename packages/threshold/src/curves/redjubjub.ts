import { type EdwardsPointCons, edwards } from '@noble/curves/abstract/edwards.js';

/**
 * Jubjub (Zcash protocol specification §5.4.9.3) with the base point of Sapling's spend authorization signatures,
 * RedJubjub (§5.4.7.1), in place of the one that libraries give to the bare curve. Order 8·n.
 */
export const redJubjubPoint: EdwardsPointCons = edwards({
  p: 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n,
  n: 0x0e7db4ea6533afa906673b0101343b00a6682093ccc81082d0970e5ed6f72cb7n,
  h: 8n,
  a: 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000n,
  d: 0x2a9318e74bfa2b48f5fd9207e6bd7fd4292d7f6d37579d2601065fd6d6343eb1n,
  // FindGroupHash("Zcash_G_", "") of the same specification: encoded 30b5f2aa…01a1d7.
  Gx: 0x0926d4f32059c712d418a7ff26753b6ad5b9a7d3ef8e282747bf46920a95a753n,
  Gy: 0x57a1019e6de9b67553bb37d0c21cfd056d65674dcedbddbc305632adaaf2b530n,
});
