import { toHex } from '@keymesh/foundation';
import { keccak_256 } from '@noble/hashes/sha3.js';
import * as v from 'valibot';
import { bytesOfHex, keyField } from './fields.ts';
import { defineOp } from './op.ts';

/** A token's number is the hash of its uncompressed secp256k1 key. */
export const pubkeyToTokenId = defineOp({
  name: 'pubkeyToTokenId',
  args: v.strictObject({ publicKey: keyField }),
  limit: undefined,
  run: async ({ publicKey }) => `0x${toHex(keccak_256(bytesOfHex(publicKey)))}`,
});
