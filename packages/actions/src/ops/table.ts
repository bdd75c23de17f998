import { broadcastAndCollect } from './broadcast.ts';
import { callChild } from './call-child.ts';
import { callContract } from './call-contract.ts';
import { checkConditions } from './check-conditions.ts';
import { decryptAndCombine } from './decrypt-and-combine.ts';
import { encrypt } from './encrypt.ts';
import { ethPersonalSign } from './eth-personal-sign.ts';
import { fetchOp } from './fetch.ts';
import { getActionPublicKey } from './get-action-public-key.ts';
import { getLatestNonce } from './get-latest-nonce.ts';
import { getRpcUrl } from './get-rpc-url.ts';
import type { Op } from './op.ts';
import { permissions } from './permissions.ts';
import { pubkeyToTokenId } from './pubkey-to-token-id.ts';
import { runOnce } from './run-once.ts';
import { sign } from './sign.ts';

/** Everything that a program can ask for, by name. */
export const OPS: ReadonlyMap<string, Op> = new Map(
  [
    ...[fetchOp, sign, ethPersonalSign, getActionPublicKey, pubkeyToTokenId, getLatestNonce, callContract, getRpcUrl],
    ...[checkConditions, encrypt, decryptAndCombine, broadcastAndCollect, callChild, ...permissions, ...runOnce],
  ].map((op) => [op.name, op]),
);
