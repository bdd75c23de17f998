import { equalBytes, type PartyIndex, toHex } from '@keymesh/foundation';
import { ROOT_KEY_NAMES, ROOT_KEYS, type RootKeyName } from '@keymesh/threshold';
import type { Curves } from '@keymesh/threshold/curves';
import { interpolate, type Share } from '@keymesh/threshold/sharing';
import type { Outcome } from '../outcome.ts';
import { subsets } from '../subsets.ts';
import { isValidSignature } from './independent-verifier.ts';

/**
 * All honest members that serve the epoch hold the package whose hash the chain holds, any t of their shares are shares
 * of the key on chain, and what the client calls signatures are signatures to a verifier that shares no code with it.
 */
export function checkAgreement(outcome: Outcome, curves: Curves): string[] {
  const { active, serving, signatures } = outcome;
  if (active === undefined) return [];
  const problems: string[] = [];
  for (const [party, epoch] of serving) {
    if (!equalBytes(epoch.resultHash, active.resultHash)) problems.push(`party ${party} serves another result`);
    for (const { name, publicKey } of active.rootKeys) {
      const held = epoch.publicKeyPackage.roots.find((root) => root.name === name)?.commitments[0];
      if (held === undefined || !equalBytes(held, publicKey)) problems.push(`party ${party} holds another ${name}`);
    }
  }
  for (const signers of subsets([...serving.keys()], outcome.plan.threshold)) {
    for (const name of ROOT_KEY_NAMES) {
      const onChain = active.rootKeys.find((root) => root.name === name)?.publicKey;
      const rebuilt = rebuildPublicKey(outcome, signers, name, curves);
      if (onChain === undefined || !equalBytes(rebuilt, onChain)) {
        problems.push(`the shares of ${signers.join()} are not of the ${name} key on chain`);
      }
    }
  }
  for (const { task, signed } of signatures) {
    if (!isValidSignature(task, signed))
      problems.push(`the ${task.scheme} signature ${toHex(signed.signature)} is invalid`);
  }
  return problems;
}

function rebuildPublicKey(
  { serving }: Outcome,
  signers: readonly PartyIndex[],
  name: RootKeyName,
  curves: Curves,
): Uint8Array {
  const curve = curves[ROOT_KEYS[name].curve];
  const shares = signers.map((party): Share => {
    const held = serving.get(party)?.shares.find((share) => share.name === name)?.share;
    return { index: party, value: held?.expose((bytes) => curve.decodeScalar(bytes)) ?? 0n };
  });
  return curve.encodePoint(curve.multiplyBasePublic(interpolate(curve, shares, signers.length)));
}
