import { type PartyIndex, sha256Of, toHex } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  createPresigningBatch,
  type PairTransfers,
  type Presignature,
  presigningMessageLengths,
  signShare,
} from '../../src/ecdsa/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { committee, contextOf, curve, EPOCH, kernel, primitives, requestOf, run, signerSetOf } from './network.ts';

const of = committee(2, 2, 'batch');
const SIGNERS = [1, 2];

function batchRuns(count: number, seed = 'batch', countOf: (party: PartyIndex) => number = () => count) {
  return new Map(
    SIGNERS.map((self) => [
      self,
      createPresigningBatch({
        signerSet: signerSetOf(of, SIGNERS),
        primitives,
        kernel,
        epochId: EPOCH,
        executionId: sha256Of(`execution ${seed}`),
        self,
        share: of.key.share(self),
        transfers: of.transfers.get(self) as ReadonlyMap<PartyIndex, PairTransfers>,
        random: seededRandom(`${seed}, party ${self}`),
        count: countOf(self),
      }),
    ]),
  );
}

describe('a batch', () => {
  it('makes presignatures that sign each for itself, in one message for each peer and round', () => {
    const { outputs, deliveries } = run(batchRuns(3));
    expect(deliveries.map(({ round, body }) => [round, body.length])).toEqual(
      presigningMessageLengths(curve).flatMap((length, i) => [1, 2].map(() => [i + 1, 3 * length])),
    );
    const ids = new Set<string>();
    for (const index of [0, 1, 2]) {
      const presignatures = new Map([...outputs].map(([party, made]) => [party, made[index] as Presignature] as const));
      ids.add(toHex((presignatures.get(1) as Presignature).id));
      const context = contextOf(presignatures, requestOf(`batch ${index}`));
      const shares = SIGNERS.map((party) => ({
        party,
        share: signShare(context, presignatures.get(party) as Presignature),
      }));
      expect(aggregate(context, shares).compact.length).toBe(64);
    }
    expect(ids.size).toBe(3);
  });

  it('fails as a whole, by the check that failed', () => {
    const length = presigningMessageLengths(curve)[2] as number;
    const { outputs, failures } = run(batchRuns(2, 'fails'), ({ from, round, body }) => {
      // The scale of the second presignature.
      if (from === 2 && round === 3) body[length + 32] = (body[length + 32] as number) ^ 1;
      return body;
    });
    expect(outputs.has(1)).toBe(false);
    expect(failures.get(1)).toMatchObject({ code: 'ecdsa/inconsistent-presignature' });
  });

  it('ends when it is abandoned', () => {
    const abandoned = batchRuns(2, 'abandoned').get(1) as NonNullable<ReturnType<ReturnType<typeof batchRuns>['get']>>;
    abandoned.poke();
    abandoned.abandon();
    expect(() => abandoned.poke()).toThrowError(expect.objectContaining({ code: 'ecdsa/abandoned' }));
  });

  it('needs the same number everywhere, from 1 to 16', () => {
    for (const count of [0, 17, 1.5]) {
      expect(() => batchRuns(count)).toThrowError(expect.objectContaining({ code: 'ecdsa/invalid-parameters' }));
    }
    const { failures } = run(batchRuns(0, 'numbers', (party) => party));
    expect(failures.get(1)).toMatchObject({ code: 'ecdsa/malformed-message', culprits: [2] });
  });
});
