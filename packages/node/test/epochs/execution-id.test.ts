import { toHex } from '@keymesh/foundation';
import { expect, test } from 'vitest';
import type { Member } from '../../src/chain/chain.ts';
import { executionIdOf, participantsOf } from '../../src/epochs/execution-id.ts';
import { committee } from './member-under-test.ts';

const facts = { chainId: 31337, staking: `0x${'5a'.repeat(20)}`, committee, attempt: 0, excluded: [] };
const withMember = (change: Partial<Member>) => ({
  ...committee,
  members: committee.members.map((member) => (member.party === 2 ? { ...member, ...change } : member)),
});

test('every fact changes the id', () => {
  const variants = [
    facts,
    { ...facts, chainId: 1 },
    { ...facts, staking: `0x${'5b'.repeat(20)}` },
    { ...facts, attempt: 1 },
    { ...facts, excluded: [4] },
    { ...facts, excluded: [3] },
    { ...facts, committee: { ...committee, epoch: 2 } },
    { ...facts, committee: { ...committee, threshold: 2 } },
    { ...facts, committee: { ...committee, members: committee.members.slice(0, 3) } },
    { ...facts, committee: withMember({ nodeAddress: `0x${'77'.repeat(20)}` }) },
    { ...facts, committee: withMember({ meshIdentity: new Uint8Array(32).fill(9) }) },
  ];
  const ids = variants.map((variant) => toHex(executionIdOf(variant)));
  expect(new Set(ids).size).toBe(variants.length);
});

test('what may change during an epoch does not change the id', () => {
  const moved = withMember({ endpoint: 'http://elsewhere', meshEndpoint: 'elsewhere:1' });
  expect(executionIdOf({ ...facts, committee: moved })).toEqual(executionIdOf(facts));
});

test('participants are the members that are not excluded, ascending', () => {
  expect(participantsOf(committee, [3])).toEqual([1, 2, 4]);
});
