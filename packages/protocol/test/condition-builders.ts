import {
  type ConditionContext,
  evaluate,
  type FactAnswer,
  type FactRequest,
  factKey,
  parseConditions,
  planFacts,
} from '../src/conditions/index.ts';

export const CALLER = '0x50e2dac5e78B5905CB09495547452cEE64426db2';
export const context: ConditionContext = { userAddress: CALLER };
export const word = (value: bigint | number | boolean | string) =>
  typeof value === 'string'
    ? value.slice(2).toLowerCase().padStart(64, '0')
    : BigInt(value).toString(16).padStart(64, '0');
export const call = (...values: (bigint | number | boolean | string)[]): FactAnswer => ({
  ...{ kind: 'call', returnData: `0x${values.map(word).join('')}` },
});

export function basic(
  contractAddress: string,
  standardContractType: string,
  method: string,
  parameters: string[],
  test: string,
  chain = 'ethereum',
) {
  const [comparator, ...value] = test.split(' ');
  const returnValueTest = { comparator, value: value.join(' ') };
  return { contractAddress, standardContractType, chain, method, parameters, returnValueTest };
}

export type Parameter = [name: string, type: string];
export function evmContract(
  functionName: string,
  functionParams: string[],
  inputs: Parameter[],
  outputs: Parameter[],
  key: string,
  test: string,
) {
  const [comparator, value] = test.split(' ');
  const named = (list: Parameter[]) => list.map(([name, type]) => ({ name, type }));
  return {
    contractAddress: '0xb71a679cfff330591d556c4b9f21c7739ca9590c',
    functionName,
    functionParams,
    functionAbi: { name: functionName, inputs: named(inputs), outputs: named(outputs), stateMutability: 'view' },
    chain: 'xdai',
    returnValueTest: { key, comparator, value },
  };
}

export const parse = (items: unknown[]) => parseConditions('unifiedAccessControlConditions', items);
export const plan = (items: unknown[], who = context) => planFacts(parse(items), who);
export function selectorOf(request: FactRequest | undefined): string {
  return request?.kind === 'call' ? request.data.slice(0, 10) : (request?.kind ?? 'none');
}
export function judge(items: unknown[], answers: readonly FactAnswer[], who = context) {
  const list = parse(items);
  const requests = planFacts(list, who);
  const facts = new Map(requests.map((request, i) => [factKey(request), answers[i] as FactAnswer]));
  return evaluate(list, facts, who);
}
export const verdict = (items: unknown[], answers: readonly FactAnswer[], who = context) =>
  judge(items, answers, who).satisfied;

export const ether = basic('', '', 'eth_getBalance', [':userAddress', 'latest'], '>= 10000000000000');
export const wei = (value: bigint): FactAnswer => ({ kind: 'balance', wei: value });
export const nft = basic('0x89b597199dAc806Ceecfc091e56044D34E59985c', 'ERC721', 'ownerOf', ['3112'], '= :userAddress');
export const moloch = basic(
  '0x38064F40B20347d58b326E767791A6f79cdEddCe',
  'MolochDAOv2.1',
  'members',
  [':userAddress'],
  '= true',
);
export const member = (exists: boolean, jailed: number): FactAnswer => call(CALLER, 5, 0, exists, 0, jailed);

export const molochMembersOutputs: Parameter[] = [
  ['delegateKey', 'address'],
  ['shares', 'uint256'],
  ['loot', 'uint256'],
  ['exists', 'bool'],
  ['highestIndexYesVote', 'uint256'],
  ['jailed', 'uint256'],
];
export const members = evmContract(
  'members',
  [':userAddress'],
  [['', 'address']],
  molochMembersOutputs,
  'shares',
  '>= 1',
);
