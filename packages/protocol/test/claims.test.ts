import { toHex } from '@keymesh/foundation';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { expect, test } from 'vitest';
import { claimedKeyId, claimHash } from '../src/claims.ts';

const word = (hex: string): string => hex.padStart(64, '0');

test('the id of a claimed key is the hash of the program’s CID and its name for the key', () => {
  expect(claimedKeyId('QmProgram', 'alice')).toEqual(keccak_256(new TextEncoder().encode('QmProgram_alice')));
});

test('what nodes sign is the ABI encoding of chain, contract, key and claimer, hashed', () => {
  const claim = {
    chainId: 31_337,
    pkpNft: `0x${'AB'.repeat(20).toLowerCase()}`,
    derivedKeyId: new Uint8Array(32).fill(7),
    claimer: `0x${'cd'.repeat(20)}`,
  };
  const encoded = [word('7a69'), word('ab'.repeat(20)), '07'.repeat(32), word('cd'.repeat(20))].join('');
  expect(toHex(claimHash(claim))).toBe(toHex(keccak_256(Uint8Array.from(Buffer.from(encoded, 'hex')))));
});
