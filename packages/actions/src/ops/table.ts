import { broadcastAndCollect } from './broadcast.ts';
import { callChild } from './call-child.ts';
import { callContract } from './call-contract.ts';
import { checkConditions } from './check-conditions.ts';
import { claimKey } from './claim-key.ts';
import { decryptAndCombine, decryptToSingleNode } from './decrypt-and-combine.ts';
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
import { signAndCombine } from './sign-and-combine.ts';
import { signAsAction } from './sign-as-action.ts';
import { verifyActionSignature } from './verify-action-signature.ts';

/** Everything that a program can ask for, by name. */
export const OPS: ReadonlyMap<string, Op> = new Map(
  [
    ...[
      fetchOp,
      sign,
      signAndCombine,
      signAsAction,
      verifyActionSignature,
      ethPersonalSign,
      getActionPublicKey,
      pubkeyToTokenId,
      getLatestNonce,
      callContract,
      getRpcUrl,
      claimKey,
    ],
    ...[
      checkConditions,
      encrypt,
      decryptAndCombine,
      decryptToSingleNode,
      broadcastAndCollect,
      callChild,
      ...permissions,
      ...runOnce,
    ],
  ].map((op) => [op.name, op]),
);
