import { fromHex } from '@keymesh/foundation';
import { claimHash } from '@keymesh/protocol/claims';
import type { ResponseOf } from '@keymesh/protocol/routes';
import { recoverPersonalSigner } from '@keymesh/protocol/sessions';
import type { Hex } from 'viem';
import { SdkError } from '../errors.ts';
import type { NetworkOnChain } from '../network/network.ts';
import type { Answer } from '../nodes/collect.ts';
import { lied } from '../nodes/node-failure.ts';

/** r, s and v as hex. */
const SIGNATURE = /^0x(.{64})(.{64})(.{2})$/;

type RunAnswer = ResponseOf<'execute'>;

/** A key that a program claims, and the nodes' words for it. */
export interface ActionClaim {
  /** 64 hex digits: keccak256 of `<CID of the program that claims>_<keyId>`. */
  readonly derivedKeyId: string;
  /** The wallet that may mint it: the session's. `0x…` */
  readonly claimer: string;
  /** One of each node that ran the program, ascending by party: over `claimHash` (EIP-191), by its account. */
  readonly signatures: readonly { readonly r: Hex; readonly s: Hex; readonly v: number }[];
}

/** For whom and where claims are. */
export type ClaimContext = Pick<NetworkOnChain, 'chainId' | 'contracts'> & { readonly claimer: string };

/**
 * The claims of a run. Every node's signature has been verified.
 * @throws SdkError `sdk/action-diverged` if nodes claim different keys; `sdk/node-lied` for a wrong signature.
 */
export function collectClaims(
  context: ClaimContext,
  answers: readonly Answer<RunAnswer>[],
): Readonly<Record<string, ActionClaim>> {
  const names = [...new Set(answers.flatMap(({ value }) => Object.keys(value.claims)))];
  return Object.fromEntries(names.map((name) => [name, collectClaim(name, context, answers)]));
}

function collectClaim(name: string, context: ClaimContext, answers: readonly Answer<RunAnswer>[]): ActionClaim {
  const { chainId, contracts, claimer } = context;
  const derivedKeyId = answers[0]?.value.claims[name]?.derivedKeyId;
  if (derivedKeyId === undefined) throw diverged(name);
  const hash = claimHash({ chainId, pkpNft: contracts.PKPNFT, derivedKeyId: fromHex(derivedKeyId), claimer });
  const signatures = answers.map(({ node, value }) => {
    const claim = value.claims[name];
    if (claim === undefined || claim.derivedKeyId !== derivedKeyId) throw diverged(name);
    const signer = recoverPersonalSigner(hash, claim.signature);
    if (signer?.toLowerCase() !== node.address) throw lied(node, 'its word for a claimed key is not signed by it');
    const [, r, s, v] = SIGNATURE.exec(claim.signature) ?? [];
    return { r: `0x${r}`, s: `0x${s}`, v: Number.parseInt(v ?? '', 16) } as const;
  });
  return { derivedKeyId, claimer, signatures };
}

function diverged(name: string): SdkError {
  return new SdkError(`The nodes claim different keys under the name ${JSON.stringify(name)}.`, {
    code: 'sdk/action-diverged',
    fault: 'caller',
    hint: 'The program went different ways on different nodes. Let it claim only what all nodes compute alike.',
  });
}
