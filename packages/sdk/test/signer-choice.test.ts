import type { PartyIndex, SerializedError } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SIGNING_COMPROMISES_MAX, SIGNING_TRIES_MAX } from '../src/limits.ts';
import type { NetworkNode } from '../src/network/network.ts';
import { lied, type NodeFailure, refused, unreachable } from '../src/nodes/node-failure.ts';
import { NodeRefusal } from '../src/nodes/node-refusal.ts';
import { chooseSet } from '../src/signing/choose-set.ts';
import { judgeContradiction } from '../src/signing/judge-contradiction.ts';
import { judgeFailures } from '../src/signing/judge-failures.ts';
import { rotate } from '../src/signing/rotation.ts';
import { SignerChoice } from '../src/signing/signer-choice.ts';

const node = (party: PartyIndex): NetworkNode => ({
  ...{ party, url: `http://node-${party}.test`, address: `0x${'00'.repeat(20)}` },
  ...{ meshIdentity: new Uint8Array(32), sealingKey: new Uint8Array(32) },
});
const nodesOf = (n: number): NetworkNode[] => Array.from({ length: n }, (_, i) => node(i + 1));
const partiesOf = (nodes: readonly NetworkNode[] | undefined) => nodes?.map(({ party }) => party);

const refusal = (
  party: PartyIndex,
  code: string,
  changes: Pick<SerializedError, 'culprits' | 'details'> = {},
): NodeFailure => ({
  node: node(party),
  error: refused(node(party), new NodeRefusal({ code, fault: 'environment', message: 'No.', ...changes })),
});

describe('rotation', () => {
  test.each([
    ['0x00', [1, 2, 3, 4, 5]],
    ['0x03', [4, 5, 1, 2, 3]],
    ['0x0e', [5, 1, 2, 3, 4]],
  ])('token %s', (tokenId, expected) => {
    expect(partiesOf(rotate(nodesOf(5), 5, tokenId))).toEqual(expected);
  });

  test('goes on from a member that holds no share', () => {
    const shareholders = nodesOf(5).filter(({ party }) => party !== 4);
    expect(partiesOf(rotate(shareholders, 5, '0x03'))).toEqual([5, 1, 2, 3]);
  });
});

describe('a set without conflicts', () => {
  test('is the first that there is, and found whenever there is one', () => {
    const graph = fc.record({
      n: fc.integer({ min: 1, max: 7 }),
      size: fc.integer({ min: 1, max: 5 }),
      edges: fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))),
    });
    fc.assert(
      fc.property(graph, ({ n, size, edges }) => {
        const parties = Array.from({ length: n }, (_, i) => i + 1);
        const inConflict = (a: number, b: number) =>
          edges.some(([c, d]) => (a === c && b === d) || (a === d && b === c));
        const all = subsets(parties, size).filter((set) =>
          set.every((a, i) => set.slice(i + 1).every((b) => !inConflict(a, b))),
        );
        expect(chooseSet(parties, size, inConflict)).toEqual(all[0]);
      }),
    );
  });

  test('is given up where the search is too long', () => {
    // Two halves that are in conflict throughout: half of the candidates is the most that can be had.
    const parties = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(chooseSet(parties, 51, (a, b) => a % 2 !== b % 2)).toBeUndefined();
  });

  /** In lexicographic order. */
  function subsets(of: readonly number[], size: number): number[][] {
    if (size === 0) return [[]];
    return of.flatMap((first, i) => subsets(of.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
  }
});

describe('conclusions', () => {
  const failedOf = (signers: readonly PartyIndex[], leader = signers[0]!) => ({
    signers,
    leader,
    forgetful: new Set<PartyIndex>(),
  });

  test('a liar, a dead node and one that does not want to are not asked again', () => {
    const choice = new SignerChoice(nodesOf(7), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [
      { node: node(1), error: lied(node(1), 'it lies') },
      { node: node(2), error: unreachable(node(2), 'does not answer') },
      refusal(3, 'permissions/denied'),
    ]);
    expect(partiesOf(choice.next())).toEqual([4, 5, 6]);
    expect(choice.candidateCount).toBe(4);
  });

  test('accused and accuser are not asked together, and the accuser rather', () => {
    const choice = new SignerChoice(nodesOf(4), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [refusal(1, 'signing/signer-silent', { culprits: [2] })]);
    expect(partiesOf(choice.next())).toEqual([1, 3, 4]);
  });

  test('who accuses everybody is left alone', () => {
    const choice = new SignerChoice(nodesOf(4), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [refusal(1, 'signing/signer-silent', { culprits: [2, 3] })]);
    expect(partiesOf(choice.next())).toEqual([2, 3, 4]);
  });

  test('whom several accuse is asked last', () => {
    const choice = new SignerChoice(nodesOf(5), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [
      refusal(2, 'signing/signer-silent', { culprits: [1] }),
      refusal(3, 'signing/signer-silent', { culprits: [1] }),
    ]);
    expect(partiesOf(choice.next())).toEqual([2, 4, 5]);
    expect(choice.troubledBeside([node(2), node(4), node(5)])).toEqual([1]);
  });

  test('nobody outside the set can be accused, and nobody accuses itself', () => {
    const choice = new SignerChoice(nodesOf(5), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [
      refusal(1, 'signing/signer-silent', { culprits: [4, 5, 1] }),
      refusal(2, 'stock/pair-burnt', { details: { pair: [4, 5] } }),
    ]);
    // Both have named nobody, so that it is their own trouble.
    expect(partiesOf(choice.next())).toEqual([3, 4, 5]);
  });

  test('a lost preparation costs nothing the first time', () => {
    const choice = new SignerChoice(nodesOf(4), 3);
    const failed = failedOf([1, 2, 3], 1);
    judgeFailures(choice, failed, [refusal(2, 'signing/preparation-lost')]);
    expect(partiesOf(choice.next())).toEqual([1, 2, 3]);
    judgeFailures(choice, failed, [refusal(2, 'signing/preparation-lost')]);
    expect(partiesOf(choice.next())).toEqual([2, 3, 4]);
  });

  test.each([
    ['stock/signers-away', { missing: [2] }],
    ['stock/preparation-timeout', { missing: [2] }],
    ['stock/preparation-failed', { party: 2 }],
    ['stock/different-results', { claimant: 2 }],
    ['signing/signer-failed', { party: 2, reason: 'bug/unexpected' }],
  ])('%s names others in its details', (code, details) => {
    const choice = new SignerChoice(nodesOf(4), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [refusal(1, code, { details })]);
    expect(partiesOf(choice.next())).toEqual([1, 3, 4]);
  });

  test('who passes on that another gave up accuses nobody, if that one says so itself', () => {
    const choice = new SignerChoice(nodesOf(4), 3);
    const passedOn = { details: { party: 1, reason: 'signing/preparation-lost' } };
    judgeFailures(choice, failedOf([1, 2, 3]), [
      refusal(1, 'signing/preparation-lost'),
      refusal(2, 'signing/signer-failed', passedOn),
      refusal(3, 'signing/signer-failed', passedOn),
    ]);
    expect(partiesOf(choice.next())).toEqual([1, 2, 3]);
  });

  test.each(['ecdsa/invalid-opening', 'ecdsa/malformed-message', 'frost/invalid-commitment'])(
    '%s is an accusation',
    (code) => {
      const choice = new SignerChoice(nodesOf(4), 3);
      judgeFailures(choice, failedOf([1, 2, 3]), [refusal(1, code, { culprits: [2] })]);
      expect(partiesOf(choice.next())).toEqual([1, 3, 4]);
    },
  );

  test('a check that failed between two burns the pair', () => {
    const choice = new SignerChoice(nodesOf(3), 3);
    const details = { check: 'opening', pair: [1, 2] };
    judgeFailures(choice, failedOf([1, 2, 3]), [refusal(1, 'ecdsa/pair-check-failed', { culprits: [2], details })]);
    expect(choice.next()).toBeUndefined();
  });

  test("what a signer refuses as the caller's fault is its own judgement", () => {
    const choice = new SignerChoice(nodesOf(4), 3);
    const error = new NodeRefusal({ code: 'signing/invalid-signer-set', fault: 'caller', message: 'No.' });
    judgeFailures(choice, failedOf([1, 2, 3]), [{ node: node(1), error: refused(node(1), error) }]);
    expect(choice.candidateCount).toBe(3);
  });

  test('trouble of its own may happen once', () => {
    const choice = new SignerChoice(nodesOf(3), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [refusal(2, 'stock/overloaded')]);
    expect(partiesOf(choice.next())).toEqual([1, 2, 3]);
    judgeFailures(choice, failedOf([1, 2, 3]), [refusal(2, 'stock/overloaded')]);
    expect(choice.next()).toBeUndefined();
  });

  test('a burnt pair is never asked together', () => {
    const choice = new SignerChoice(nodesOf(3), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [refusal(1, 'stock/pair-burnt', { details: { pair: [1, 3] } })]);
    expect(choice.next()).toBeUndefined();
  });

  test('where all sets have a conflict there are a few more tries', () => {
    const choice = new SignerChoice(nodesOf(3), 3);
    judgeFailures(choice, failedOf([1, 2, 3]), [refusal(1, 'signing/signer-silent', { culprits: [2] })]);
    for (let i = 0; i < SIGNING_COMPROMISES_MAX; i++) expect(partiesOf(choice.next())).toEqual([1, 2, 3]);
    expect(choice.next()).toBeUndefined();
  });

  const stating = (texts: string) => [...texts].map((text, i) => ({ node: node(i + 1), text }));

  test.each([
    // Leader 1 in each.
    ['aab', [3], [1, 2, 4]],
    ['abb', [2, 3], [2, 3, 4]],
    ['aabb', [3, 4], [2, 3, 4, 5]],
  ])('answers %s', (texts, different, next) => {
    const t = texts.length;
    const choice = new SignerChoice(nodesOf(t === 3 ? 4 : 6), t);
    const failures = judgeContradiction(choice, { leader: 1 }, stating(texts));
    expect(failures.map(({ node: { party } }) => party)).toEqual(different);
    for (const { error } of failures) expect(error).toMatchObject({ code: 'sdk/node-contradicts', culprits: [] });
    expect(partiesOf(choice.next())).toEqual(next);
  });
});

describe('as many hostile nodes as may be', () => {
  /** What one of them does in one try; each hits others that a number chooses. */
  const MISCHIEF = ['accuse', 'silent-to', 'burn', 'suspect', 'lose', 'overload', 'contradict', 'equivocate'] as const;
  const moves = fc.array(fc.record({ what: fc.constantFrom(...MISCHIEF), whom: fc.nat(0xffff), leader: fc.nat(99) }), {
    minLength: SIGNING_TRIES_MAX,
    maxLength: SIGNING_TRIES_MAX,
  });

  test.each([
    [3, 2],
    [4, 3],
    [7, 5],
    [10, 7],
  ])('of %i nodes, %i of which are needed, cannot prevent a signature', (n, threshold) => {
    const bad = fc.shuffledSubarray(
      nodesOf(n).map(({ party }) => party),
      { minLength: n - threshold, maxLength: n - threshold },
    );
    fc.assert(
      fc.property(bad, moves, (hostile, script) => {
        const choice = new SignerChoice(nodesOf(n), threshold);
        const forgetful = new Set<PartyIndex>();
        const isDone = script.some((move) => {
          const signers = partiesOf(choice.next()) ?? [];
          expect(signers).toHaveLength(threshold);
          const actor = signers.find((party) => hostile.includes(party));
          if (actor === undefined) return true;
          const failed = { signers, leader: signers[move.leader % threshold]!, forgetful };
          play(choice, failed, actor, move);
          return false;
        });
        expect(isDone).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  function play(
    choice: SignerChoice,
    failed: Parameters<typeof judgeFailures>[1],
    actor: PartyIndex,
    { what, whom }: { readonly what: (typeof MISCHIEF)[number]; readonly whom: number },
  ): void {
    const others = failed.signers.filter((party) => party !== actor);
    const some = others.filter((_, i) => ((whom >> i) & 1) === 1);
    const hit = some.length === 0 ? others.slice(0, 1) : some;
    const say = (...failures: NodeFailure[]) => judgeFailures(choice, failed, failures);
    if (what === 'accuse') say(refusal(actor, 'signing/signer-silent', { culprits: hit }));
    if (what === 'silent-to')
      say(...hit.map((party) => refusal(party, 'signing/signer-silent', { culprits: [actor] })));
    if (what === 'burn') say(refusal(actor, 'stock/pair-burnt', { details: { pair: [actor, hit[0]!] } }));
    if (what === 'suspect') say(refusal(actor, 'stock/preparation-failed', { details: { suspects: hit } }));
    if (what === 'lose') say(refusal(actor, 'signing/preparation-lost'));
    if (what === 'overload') say(refusal(actor, 'stock/overloaded'));
    const told = (different: readonly PartyIndex[]) =>
      failed.signers.map((party) => ({ node: node(party), text: different.includes(party) ? 'b' : 'a' }));
    if (what === 'contradict') judgeContradiction(choice, failed, told([actor]));
    if (what === 'equivocate') judgeContradiction(choice, { leader: actor }, told(hit));
  }
});
