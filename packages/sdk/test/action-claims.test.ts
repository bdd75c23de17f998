import { fromHex, toHex } from '@keymesh/foundation';
import { type Claim, claimHash } from '@keymesh/protocol/claims';
import { type Hex, keccak256, recoverMessageAddress, stringToBytes } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { type ClaimContext, collectClaims } from '../src/actions/action-claims.ts';
import type { NetworkNode } from '../src/network/network.ts';

const accounts = [1, 2, 3].map((n) => privateKeyToAccount(`0x${String(n).repeat(64)}`));
const derivedKeyId = keccak256(stringToBytes('QmProgram_alice')).slice(2);
const context = {
  chainId: 31_337,
  contracts: { PKPNFT: `0x${'a1'.repeat(20)}` },
  claimer: `0x${'B2'.repeat(20).toLowerCase()}`,
} as unknown as ClaimContext;
const claimOf = (changes: Partial<Claim> = {}): Hex => {
  const { chainId, contracts, claimer } = context;
  const claim = { chainId, pkpNft: contracts.PKPNFT, claimer, derivedKeyId: fromHex(derivedKeyId), ...changes };
  return `0x${toHex(claimHash(claim))}`;
};

type Answers = Parameters<typeof collectClaims>[1];

async function answersWith(
  change: (claim: { derivedKeyId: string; signature: string }, at: number) => Promise<unknown> | unknown = (claim) =>
    claim,
): Promise<Answers> {
  const answers = accounts.map(async (account, at) => {
    const signature = await account.signMessage({ message: { raw: claimOf() } });
    const node = { party: at + 1, url: `http://node-${at + 1}`, address: account.address.toLowerCase() } as NetworkNode;
    const claim = await change({ derivedKeyId, signature }, at);
    return { node, value: { claims: claim === undefined ? {} : { alice: claim } } };
  });
  return (await Promise.all(answers)) as never;
}

function refusal(answers: Answers): unknown {
  try {
    return collectClaims(context, answers);
  } catch (thrown) {
    return thrown;
  }
}

describe('claims of a run', () => {
  it('are the id and the words of all nodes, as contracts take them', async () => {
    const { alice } = collectClaims(context, await answersWith());
    expect([alice?.derivedKeyId, alice?.claimer]).toEqual([derivedKeyId, context.claimer]);
    const signers = (alice?.signatures ?? []).map(({ r, s, v }) =>
      recoverMessageAddress({
        message: { raw: claimOf() },
        signature: `${r}${s.slice(2)}${v.toString(16)}` as Hex,
      }),
    );
    expect(await Promise.all(signers)).toEqual(accounts.map(({ address }) => address));
  });

  it('are refused when a node says nothing or something else', async () => {
    const nothing = await answersWith((claim, at) => (at === 1 ? undefined : claim));
    expect(refusal(nothing)).toMatchObject({ code: 'sdk/action-diverged', fault: 'caller' });
    const other = await answersWith((claim, at) => (at === 2 ? { ...claim, derivedKeyId: 'ab'.repeat(32) } : claim));
    expect(refusal(other)).toMatchObject({ code: 'sdk/action-diverged' });
  });

  it('name the node whose word is not its own', async () => {
    const foreign = accounts[0] as (typeof accounts)[number];
    const lies = await answersWith(async (claim, at) =>
      at === 1 ? { ...claim, signature: await foreign.signMessage({ message: { raw: claimOf() } }) } : claim,
    );
    expect(refusal(lies)).toMatchObject({ code: 'sdk/node-lied', culprits: [2] });
    const elsewhere: Partial<Claim>[] = [
      { chainId: 1 },
      { claimer: `0x${'c3'.repeat(20)}` },
      { pkpNft: `0x${'c3'.repeat(20)}` },
      { derivedKeyId: new Uint8Array(32) },
    ];
    for (const changes of elsewhere) {
      const other = await answersWith(async (claim, at) =>
        at === 1
          ? { ...claim, signature: await accounts[1]!.signMessage({ message: { raw: claimOf(changes) } }) }
          : claim,
      );
      expect(refusal(other)).toMatchObject({ code: 'sdk/node-lied', culprits: [2] });
    }
    const garbage = await answersWith((claim, at) =>
      at === 1 ? { ...claim, signature: `0x${'00'.repeat(65)}` } : claim,
    );
    expect(refusal(garbage)).toMatchObject({ code: 'sdk/node-lied', culprits: [2] });
  });
});
