import { ProtocolError } from '../../errors.ts';
import { malformed } from '../structure.ts';
import type { BasicKind } from './kind.ts';

/** `eth_getBlockByNumber ["latest"]`: the block's time in seconds since 1970-01-01 UTC. */
export const timestamp: BasicKind = {
  read(condition) {
    const [block = 'latest'] = condition.parameters;
    if (block !== 'latest') throw malformed('parameters', 'only the block "latest" can be asked for');
    return {
      type: 'uint',
      request: { kind: 'timestamp', chain: condition.chain },
      decode: (answer) => {
        if (answer?.kind === 'timestamp') return { type: 'uint', value: answer.seconds };
        throw new ProtocolError('The fact is not a block time.', { code: 'conditions/fact-missing', fault: 'bug' });
      },
    };
  },
  phrase: (condition) => ({
    must: (test) => `the latest block's time on chain ${condition.chain} must be ${test} (Unix seconds)`,
    is: (value) => `it is ${value}`,
  }),
};
