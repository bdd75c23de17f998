import type { ActionSignature } from '@keymesh/actions';
import { bytesToBigint, fromHex, utf8 } from '@keymesh/foundation';
import { isSchemeOf, SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import { accountSignatureMessage, type BlsBackend, verify } from '@keymesh/threshold/bls';
import { deriveChildPublicKey } from '@keymesh/threshold/derivation';
import { frostSuites, verifySignature } from '@keymesh/threshold/frost';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak256 } from 'viem/utils';
import type { ServingEpoch } from '../requests/serving-epoch.ts';

const ECDSA = { secp256k1, p256, p384 } as const;

/** A program's own key id (reference/action-api.md, `signAsAction`). */
export function programKeyId(cid: string): Uint8Array {
  return fromHex(keccak256(utf8(`lit_action_${cid}`)));
}

/** What stands for a token where a program signs with its own key: no token has this number. */
export function programTokenId(cid: string): bigint {
  return bytesToBigint(programKeyId(cid));
}

/**
 * A program's own key, in the scheme's encoding; of BLS the network's, because BLS keys have no children: which program
 * signed is in the signed bytes, as the account of a token's key is.
 */
export function programPublicKey(epoch: ServingEpoch, cid: string, scheme: SchemeName): Uint8Array {
  if (isSchemeOf('bls', scheme)) return epoch.root(SCHEMES[scheme].root).encodedPublicKey.slice();
  const encoded = encodedChild(epoch, cid, scheme);
  return isSchemeOf('frost', scheme) ? frostSuites[scheme].encodePublicKey(encoded) : encoded;
}

/** Whether a signature is a program's own. */
export function isProgramSignature(
  epoch: ServingEpoch,
  cid: string,
  { scheme, signature, message, bls }: ActionSignature & { readonly message: Uint8Array; readonly bls: BlsBackend },
): boolean {
  if (isSchemeOf('ecdsa', scheme)) {
    const curve = ECDSA[SCHEMES[scheme].root];
    try {
      return curve.verify(signature, message, encodedChild(epoch, cid, scheme), { prehash: false });
    } catch {
      return false;
    }
  }
  if (isSchemeOf('bls', scheme)) {
    const signed = accountSignatureMessage(programTokenId(cid), message);
    return verify(bls, epoch.root(SCHEMES[scheme].root).encodedPublicKey, signed, signature);
  }
  return verifySignature(
    frostSuites[scheme],
    epoch.root(SCHEMES[scheme].root).curve,
    encodedChild(epoch, cid, scheme),
    message,
    signature,
  );
}

function encodedChild(epoch: ServingEpoch, cid: string, scheme: Exclude<SchemeName, 'Bls12381'>): Uint8Array {
  const { curve, commitments } = epoch.root(SCHEMES[scheme].root);
  const [rootKey] = commitments as [(typeof commitments)[number]];
  return curve.encodePoint(deriveChildPublicKey(curve, rootKey, programKeyId(cid)));
}
