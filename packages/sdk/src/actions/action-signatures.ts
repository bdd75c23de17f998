import { fromHex } from '@keymesh/foundation';
import { actionSigningSessionId, type ResponseOf } from '@keymesh/protocol/routes';
import { isSchemeOf, type SchemeName } from '@keymesh/protocol/schemes';
import { accountSignatureMessage, aggregate } from '@keymesh/threshold/bls';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import { SdkError } from '../errors.ts';
import { publicKeyFor } from '../keys/derive-public-keys.ts';
import { findKey } from '../keys/find-key.ts';
import type { Key } from '../keys/key.ts';
import type { Network } from '../network/network.ts';
import type { Answer } from '../nodes/collect.ts';
import { contradicts, lied } from '../nodes/node-failure.ts';
import { ecdsaPreparation } from '../signing/ecdsa-preparation.ts';
import { frostPreparation } from '../signing/frost-preparation.ts';
import type { CombinedSignature, SharedPreparation } from '../signing/shared-preparation.ts';
import { describeParting, partingOf } from './parting.ts';

type RunAnswer = ResponseOf<'execute'>;
type Part = RunAnswer['signatures'][string];

/** One signature that a program made. */
export interface ActionSignature extends CombinedSignature {
  readonly scheme: SchemeName;
  /** In the scheme's encoding; computed from the chain, not told by nodes. */
  readonly publicKey: Uint8Array;
  /** What the program signed; for ECDSA the digest. */
  readonly message: Uint8Array;
  /** 0x and 64 digits. */
  readonly tokenId: string;
}

/** One signature as all nodes of a run have a part of it. */
interface Parts {
  readonly sigName: string;
  readonly run: Uint8Array;
  readonly answers: readonly Answer<Part>[];
}

/**
 * The signatures of a run, from the parts that its nodes gave. Each has been verified.
 * @param run 32 bytes: `runIdOf` of @keymesh/protocol.
 * @throws SdkError `sdk/action-diverged` if nodes signed different things under one name; `sdk/node-lied` if a part does
 *   not verify; `sdk/node-contradicts` if parts do not belong together; errors of `findKey`.
 */
export async function combineSignatures(
  network: Network,
  run: Uint8Array,
  answers: readonly Answer<RunAnswer>[],
): Promise<Readonly<Record<string, ActionSignature>>> {
  const names = [...new Set(answers.flatMap(({ value }) => Object.keys(value.signatures)))];
  const signed = await Promise.all(
    names.map(async (sigName) => {
      const parts = answers.map(({ node, value }) => ({ node, value: value.signatures[sigName] }));
      if (!areAlike(parts)) throw diverged(sigName, answers);
      return [sigName, await combineParts(network, { sigName, run, answers: parts })] as const;
    }),
  );
  return Object.fromEntries(signed);
}

/** All nodes must have signed the same, with the same key: parts of different things make nothing. */
function areAlike(parts: readonly Answer<Part | undefined>[]): parts is readonly Answer<Part>[] {
  return new Set(parts.map(({ value }) => textOf(value))).size === 1;
}

function textOf(part: Part | undefined): string {
  return part === undefined ? 'nothing' : [part.name, part.tokenId, part.scheme, part.message].join();
}

function diverged(sigName: string, answers: readonly Answer<RunAnswer>[]): SdkError {
  const parting = partingOf(answers.map(({ value }) => value));
  return new SdkError(`The nodes signed different things under the name ${JSON.stringify(sigName)}.`, {
    code: 'sdk/action-diverged',
    fault: 'caller',
    hint: `The program went different ways on different nodes. Let it sign only what all nodes compute alike, e.g. from broadcastAndCollect or runOnce.${parting === undefined ? '' : ` ${describeParting(parting)}`}`,
    details: {
      sigName,
      parties: answers.map(({ node }) => node.party),
      signed: answers.map(({ value }) => textOf(value.signatures[sigName]).slice(0, 200)),
    },
  });
}

async function combineParts(network: Network, parts: Parts): Promise<ActionSignature> {
  const { tokenId, scheme, message: messageHex } = (parts.answers[0] as Answer<Part>).value;
  const key = await findKey(network, tokenId);
  const message = fromHex(messageHex);
  const combined = combine(network, { parts, key, scheme, message });
  return { ...combined, scheme, message, tokenId, publicKey: publicKeyFor(network, key, scheme) };
}

interface Combination {
  readonly parts: Parts;
  readonly key: Key;
  readonly scheme: SchemeName;
  readonly message: Uint8Array;
}

function combine(network: Network, combination: Combination): CombinedSignature {
  const { key, scheme, message } = combination;
  if (isSchemeOf('frost', scheme)) return prepared(combination, frostPreparation(network, { key, scheme, message }));
  if (isSchemeOf('ecdsa', scheme)) return prepared(combination, ecdsaPreparation(network, { key, scheme, message }));
  const { signature } = aggregate(network.bls, {
    publicKey: rootPublicKey(network.publicKeys, 'bls12381-sessions'),
    threshold: network.threshold,
    message: accountSignatureMessage(BigInt(key.tokenId), message),
    random: network.platform.random,
    partials: combination.parts.answers.map(({ node, value }) => ({ party: node.party, value: fromHex(value.share) })),
    verifyingShares: network.sessionShares,
  });
  return { signature };
}

function prepared<Context>(
  { parts: { run, answers }, key, scheme, message }: Combination,
  preparation: SharedPreparation<Context>,
): CombinedSignature {
  const { name } = (answers[0] as Answer<Part>).value;
  const id = actionSigningSessionId(run, name, { tokenId: key.tokenId, scheme, message });
  const signers = answers.map(({ node }) => node.party);
  const opened = answers.map(({ node, value }) => {
    const answer = { ...value, share: fromHex(value.share) };
    const context = preparation.open(answer, { id, signers });
    if (context === undefined) throw lied(node, 'what it says that its share was made with cannot be true');
    if (!preparation.isShareValid(context, { party: node.party, share: answer.share })) {
      throw lied(node, 'its share does not verify');
    }
    return { node, context, share: answer.share, text: preparation.textOf(answer) };
  });
  const first = opened[0] as (typeof opened)[number];
  // Each is right in itself: some signer told two stories, and these do not say who.
  const other = opened.find(({ text }) => text !== first.text);
  if (other !== undefined) throw contradicts(other.node);
  const shares = opened.map(({ node, share }) => ({ party: node.party, share }));
  return preparation.combine(first.context, shares);
}
