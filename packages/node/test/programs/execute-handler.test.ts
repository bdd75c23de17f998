import type { RequestOf } from '@keymesh/protocol/routes';
import { expect, it } from 'vitest';
import { createExecuteHandler, type ExecuteHandlerModules } from '../../src/programs/execute-handler.ts';
import { createServing } from '../../src/requests/serving-epoch.ts';
import { curves, dealEpoch, EPOCH } from '../requests/dealt-epoch.ts';
import { codeOf } from '../requests/expectations.ts';
import { contextWithLog } from '../requests/request-context.ts';

it('a run is only written down where the operator lets it be', async () => {
  const dealt = dealEpoch(4, 3);
  const serving = createServing(
    () => dealt.sharesOf(1),
    curves,
    () => new TypeError() as never,
  );
  const asked: string[] = [];
  const authorization = {
    caller: () => {
      asked.push('caller');
      throw new TypeError('it goes on');
    },
  };
  const answer = (recordings: boolean, record: boolean) => {
    const modules = { serving, recordings, authorization } as unknown as ExecuteHandlerModules;
    const request = { epoch: EPOCH, code: '1', jsParams: '{}', signers: [1, 2, 4], requestId: 'r', record };
    return createExecuteHandler(modules)(request as unknown as RequestOf<'execute'>, contextWithLog().context);
  };
  expect(await codeOf(() => answer(false, true))).toBe('actions/not-recorded');
  expect(asked).toEqual([]);
  await expect(answer(true, true)).rejects.toThrow('it goes on');
  await expect(answer(false, false)).rejects.toThrow('it goes on');
});
