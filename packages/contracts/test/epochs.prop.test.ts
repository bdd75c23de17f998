import fc from 'fast-check';
import { zeroHash } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bitmapOfParties, EpochState, KEY_SET_ID, pubkeyRouterAbi } from '../src/index.ts';
import { EpochModel } from './epoch-model.ts';
import { type Network, resultHash, startNetwork } from './network.ts';

const OPERATORS = [1, 2, 3, 4, 5, 6, 7];
const MINIMUM = 3;
const RUNS = 50;
/** About 10 s on two idle cores. */
const TIMEOUT_MS = 300_000;

let network: Network;
beforeAll(async () => {
  network = await startNetwork({ minimumValidatorCount: MINIMUM });
  await network.join(OPERATORS.length);
});
afterAll(() => network.stop());

/** Operator 8 never joined. */
const operators = fc.shuffledSubarray([...OPERATORS, 8], { minLength: 3 });
const offset = fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.constantFrom(-1, 1));
const command = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('leave', 'rejoin'), operator: fc.constantFrom(...OPERATORS) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('lock', 'advance', 'advance') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('vote'),
      operators,
      result: fc.constantFrom(...'aaaaab'),
      epoch: offset,
      attempt: offset,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('retry'),
      operators,
      blamed: fc.oneof(
        { weight: 3, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }) },
        { weight: 1, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 3 }) },
      ),
      epoch: offset,
      attempt: offset,
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** One transaction on both sides: the contract must refuse exactly what the model refuses, for one of its reasons. */
async function step(call: Parameters<Network['chain']['send']>[0], errors: readonly string[]): Promise<void> {
  const outcome = await network.chain.outcome(call);
  expect(errors.length === 0 ? ['ok'] : errors).toContain(outcome);
  if (outcome === 'ok') await network.chain.send(call);
}

async function apply(model: EpochModel, command: Command): Promise<void> {
  const plain = (functionName: 'requestToLeave' | 'requestToJoin' | 'lockValidatorsForNextEpoch', from = 1) =>
    ({ ...network.staking, from: network.operator(from), functionName }) as never;
  switch (command.kind) {
    case 'leave':
      return step(plain('requestToLeave', command.operator), model.leave(command.operator));
    case 'rejoin':
      return step(plain('requestToJoin', command.operator), model.rejoin(command.operator));
    case 'lock':
      return step(plain('lockValidatorsForNextEpoch'), model.lock());
    case 'advance':
      return step(network.advanceCall() as never, model.advance());
  }
  for (const operator of command.operators) {
    const epoch = Math.max(0, model.number + 1 + command.epoch);
    const attempt = Math.max(0, model.attempt + command.attempt);
    if ('result' in command) {
      const call = network.voteCall(operator, command.result, attempt, BigInt(epoch));
      await step(call as never, model.voteKeyGeneration(operator, epoch, attempt, command.result));
    } else {
      const call = network.retryCall(operator, bitmapOfParties(command.blamed), attempt, BigInt(epoch));
      await step(call as never, model.voteRetry(operator, epoch, attempt, new Set(command.blamed)));
    }
  }
}

async function compare(model: EpochModel): Promise<void> {
  const [locked, active, next, rootKeys] = await Promise.all([
    network.lockedEpoch(),
    network.activeEpoch(),
    network.chain.client.readContract({ ...network.staking, functionName: 'nextValidators' }),
    network.chain.client.readContract({
      address: network.contracts.PubkeyRouter,
      abi: pubkeyRouterAbi,
      functionName: 'getRootKeys',
      args: [KEY_SET_ID],
    }),
  ]);
  const bitmap = (voters: Iterable<number>) => bitmapOfParties([...voters].map((voter) => model.indexOf(voter)));
  const epoch = {
    number: 1n,
    state: model.state,
    attempt: model.attempt,
    excluded: bitmapOfParties(model.excluded),
    threshold: model.threshold,
    keyGenerationVoters: bitmap(model.votes.results.keys()),
    leadingVotes: model.leadingVotes,
    retryVoters: bitmap(model.votes.blames.keys()),
    resultHash: model.agreed === undefined ? zeroHash : resultHash(model.agreed),
  };
  const none = { number: 0n, state: model.state, members: [] };
  const isLocked = model.members.length > 0 && model.state !== EpochState.Active;
  expect(locked).toMatchObject(isLocked ? epoch : none);
  expect(active).toMatchObject(model.state === EpochState.Active ? epoch : none);
  const members = [...locked.members, ...active.members].map((member) => member.operatorAddress);
  expect(members).toEqual(model.members.map(network.operator));
  expect(next.map((validator) => validator.operatorAddress)).toEqual(model.next.map(network.operator));
  expect(rootKeys.length > 0).toBe(model.agreed !== undefined);
}

test(
  'the contract and the model never differ',
  async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          { weight: 9, arbitrary: fc.subarray(OPERATORS, { minLength: 3 }) },
          fc.subarray(OPERATORS, { maxLength: 2 }),
        ),
        fc.array(command, { minLength: 8, maxLength: 12 }),
        async (joined, commands) => {
          const snapshot = await network.chain.client.snapshot();
          try {
            const model = new EpochModel(OPERATORS, MINIMUM);
            for (const operator of OPERATORS) {
              if (!joined.includes(operator)) await apply(model, { kind: 'leave', operator });
            }
            await apply(model, { kind: 'lock' });
            for (const each of commands) {
              await apply(model, each);
              await compare(model);
            }
            for (const what of model.reached) reached.add(what);
          } finally {
            await network.chain.client.revert({ id: snapshot });
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect([...reached].sort()).toEqual([
      'advanced',
      'agreed after retries',
      'agreed at once',
      'excluded',
      'exclusions cleared',
      'locked',
      'result voted',
      'retry voted',
    ]);
  },
  TIMEOUT_MS,
);
