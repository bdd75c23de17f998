import { ProtocolError } from '../../errors.ts';
import { readAddress } from '../abi.ts';
import { malformed } from '../structure.ts';
import { type BasicKind, holding, wallet } from './kind.ts';

/** `eth_getBalance [address, "latest"]`, in wei. */
export const nativeBalance: BasicKind = {
  read(condition, substitute) {
    const [account, block = 'latest', ...rest] = condition.parameters;
    if (account === undefined || rest.length > 0) throw malformed('parameters', 'an address and "latest" are needed');
    if (block !== 'latest') throw malformed('parameters', 'only the block "latest" can be asked for');
    return {
      type: 'uint',
      request: { kind: 'balance', chain: condition.chain, address: readAddress(substitute(account), 'parameters') },
      decode: (answer) => {
        if (answer?.kind === 'balance') return { type: 'uint', value: answer.wei };
        throw new ProtocolError('The fact is not a balance.', { code: 'conditions/fact-missing', fault: 'bug' });
      },
    };
  },
  phrase: (condition, parameters) => holding(wallet(parameters[0]), `wei on chain ${condition.chain}`),
};
