import { equalBytes, fromHex, type PartyIndex, sha256Of, utf8 } from '@keymesh/foundation';
import { chainsOf, hashConditions, identityOf } from '@keymesh/protocol/conditions';
import { decodeCiphertext, decryptWithPartials } from '@keymesh/threshold/bls';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import { invalidArgument, SdkError } from '../errors.ts';
import { DECRYPT_TIMEOUT_MS } from '../limits.ts';
import type { Network } from '../network/network.ts';
import { callNode } from '../nodes/call-node.ts';
import { collectVerified } from '../nodes/collect-verified.ts';
import { lied } from '../nodes/node-failure.ts';
import { assertUsable, type Session, sessionSignature } from '../session/session.ts';
import { newRequestId } from '../signing/request-id.ts';
import { fromBase64 } from './base64.ts';
import { parseOne } from './conditions.ts';
import type { Encrypted } from './encrypt.ts';

export type DecryptParameters = Encrypted & {
  readonly session: Session;
};

export interface Decrypted {
  readonly data: Uint8Array;
  /** The parties whose shares made the decryption key. */
  readonly signers: readonly PartyIndex[];
  /** Parties that were caught with wrong answers on the way. */
  readonly culprits: readonly PartyIndex[];
}

/**
 * Decrypts what `encrypt` made, if the session's wallet satisfies the conditions now. Every node judges them for
 * itself; t shares make the key, here and nowhere else.
 *
 * @throws NodeRefusal `conditions/denied` with the sentence of the condition that does not hold, `session/…`,
 *   `delegation/…`, `wire/stale-epoch`; SdkError `sdk/invalid-argument`, `sdk/session-unusable`, `sdk/too-few-nodes`,
 *   `sdk/wrong-data-hash`; ProtocolError `conditions/…`; ThresholdError `bls/decryption-failed`,
 *   `bls/malformed-ciphertext`.
 */
export async function decrypt(network: Network, parameters: DecryptParameters): Promise<Decrypted> {
  const { session, dataToEncryptHash } = parameters;
  const { field, list } = parseOne(parameters);
  checkHash(dataToEncryptHash);
  const ciphertext = fromBase64(parameters.ciphertext);
  // Before nodes are asked: a share of the decryption key for nothing would be a waste.
  decodeCiphertext(ciphertext);
  const identity = utf8(identityOf(hashConditions(list), dataToEncryptHash));
  const { platform, bls, threshold, epoch } = network;
  assertUsable(session, platform.now());
  const requestId = newRequestId(platform);
  const { result, answers, culprits } = await collectVerified(network, {
    ask: async (node, signal) => {
      const answer = await callNode({
        ...{ platform, node, epoch, signal, timeoutMs: DECRYPT_TIMEOUT_MS },
        route: 'decrypt',
        request: {
          authSig: sessionSignature(session, node.url, platform.now()),
          [field]: list,
          dataToEncryptHash,
          chain: chainsOf(list)[0] ?? 'ethereum',
          epoch,
          requestId,
        },
      });
      if (answer.party !== node.party) throw lied(node, 'it answers as another party');
      return fromHex(answer.share);
    },
    combine: (shares) =>
      decryptWithPartials(bls, {
        ...{ ciphertext, identity, threshold, random: platform.random },
        publicKey: rootPublicKey(network.publicKeys, 'bls12381-decryption'),
        partials: shares.map(({ node, value }) => ({ party: node.party, value })),
        verifyingShares: network.decryptionShares,
      }).plaintext,
  });
  if (!equalBytes(sha256Of(result), fromHex(dataToEncryptHash))) throw wrongHash();
  return { data: result, signers: answers.map(({ node }) => node.party), culprits };
}

function checkHash(hash: string): void {
  if (typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)) return;
  throw invalidArgument(
    'dataToEncryptHash is not a SHA-256 hash.',
    'Pass the `dataToEncryptHash` of `encrypt` unchanged: 64 lower-case hex digits.',
  );
}

/** Whoever encrypted claimed another hash than that of the data. */
function wrongHash(): SdkError {
  return new SdkError('The decrypted data does not have the hash that it was encrypted under.', {
    code: 'sdk/wrong-data-hash',
    fault: 'caller',
    hint: 'Whoever made the ciphertext gave it a wrong hash; do not rely on the data.',
  });
}
