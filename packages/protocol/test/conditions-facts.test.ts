import fc from 'fast-check';
import { encodeAbiParameters, parseAbiParameters } from 'viem/utils';
import { describe, expect, it } from 'vitest';
import { evaluate, type FactAnswer } from '../src/conditions/index.ts';
import {
  basic,
  CALLER,
  context,
  ether,
  evmContract,
  nft,
  type Parameter,
  parse,
  plan,
  verdict,
  word,
} from './condition-builders.ts';
import { codeOf } from './random.ts';

describe('facts', () => {
  it('are exact: address in lower case, arguments substituted, each asked once', () => {
    const condition = basic(
      '0x9f8F72aA9304c8B593d555F12eF6589cC3A579A2',
      'ERC20',
      'balanceOf',
      [':userAddress'],
      '> 0',
    );
    expect(
      plan([condition, { operator: 'and' }, { ...condition, returnValueTest: { comparator: '<', value: '9' } }]),
    ).toEqual([
      {
        kind: 'call',
        chain: 'ethereum',
        to: '0x9f8f72aa9304c8b593d555f12ef6589cc3a579a2',
        data: `0x70a08231${word(CALLER)}`,
      },
    ]);
    expect(plan([ether])).toEqual([{ kind: 'balance', chain: 'ethereum', address: CALLER.toLowerCase() }]);
  });

  it('of balanceOfBatch are one call; any balance passes', () => {
    const batch = basic(CALLER, 'ERC1155', 'balanceOfBatch', [':userAddress,:userAddress', '1,10003'], '> 0');
    const [request] = plan([batch]);
    const data = encodeAbiParameters(parseAbiParameters('address[], uint256[]'), [
      [CALLER, CALLER],
      [1n, 10003n],
    ]);
    expect(request).toMatchObject({ data: `0x4e1273f4${data.slice(2)}` });
    const answer = (values: bigint[]): FactAnswer => ({
      ...{ kind: 'call', returnData: encodeAbiParameters(parseAbiParameters('uint256[]'), [values]) },
    });
    expect(verdict([batch], [answer([0n, 3n])])).toBe(true);
    expect(verdict([batch], [answer([0n, 0n])])).toBe(false);
    expect(verdict([batch], [answer([])])).toBe(false);
  });

  it('encode all elementary types and arrays, with short names of types', () => {
    const inputs: Parameter[] = [
      ['a', 'uint'],
      ['b', 'int8'],
      ['c', 'bool'],
      ['d', 'bytes'],
      ['e', 'string'],
      ['f', 'address[]'],
      ['g', 'uint8[2][]'],
      ['h', 'bytes4'],
    ];
    const texts = ['0x10', '-5', 'true', 'beef', 'a,b', '[:userAddress]', '[[1,2],[3,4]]', '0xdeadbeef'];
    const [request] = plan([evmContract('f', texts, inputs, [['', 'bool']], '', '= true')]);
    const expected = encodeAbiParameters(
      parseAbiParameters('uint256, int8, bool, bytes, string, address[], uint8[2][], bytes4'),
      [
        16n,
        -5,
        true,
        '0xbeef',
        'a,b',
        [CALLER],
        [
          [1, 2],
          [3, 4],
        ],
        '0xdeadbeef',
      ],
    );
    expect(request?.kind === 'call' && request.data.slice(10)).toBe(expected.slice(2));
  });

  it('treat a text of the caller as one argument, whatever it contains', () => {
    const batch = basic(CALLER, 'ERC1155', 'balanceOfBatch', [':userAddress', ':litParam:id'], '> 0');
    const inject = { ...context, parameters: { id: '1,2' } };
    expect(codeOf(() => plan([batch], inject))).toBe('conditions/malformed');
    expect(plan([batch], { ...context, parameters: { id: '1' } })).toHaveLength(1);
    expect(codeOf(() => plan([batch]))).toBe('conditions/parameter-missing');
    const embedded = basic('', '', '', ['x:litParam:id'], '= x1');
    expect(codeOf(() => plan([embedded], inject))).toBe('conditions/malformed');
    const name = basic('', '', '', [':litParam:name'], '= :litParam:name');
    expect(verdict([name], [], { ...context, parameters: { name: ':litParam:name' } })).toBe(true);
    expect(verdict([name], [], { ...context, parameters: { name: 'anything' } })).toBe(false);
    expect(codeOf(() => plan([basic('', '', '', [':litParam:__proto__'], '= x')]))).toBe(
      'conditions/parameter-missing',
    );
  });

  it('of a program are its CID, and empty without one', () => {
    const program = basic('', '', '', [':currentActionIpfsId'], '= QmX');
    expect(verdict([program], [], { ...context, currentActionIpfsId: 'QmX' })).toBe(true);
    expect(verdict([program], [])).toBe(false);
    expect(verdict([basic('', '', '', [':currentActionIpfsId'], '= ')], [])).toBe(true);
  });

  it('that are missing, reverted or unreadable are never taken for a verdict', () => {
    expect(codeOf(() => evaluate(parse([ether]), new Map(), context))).toBe('conditions/fact-missing');
    expect(codeOf(() => verdict([ether], [{ kind: 'reverted' }]))).toBe('conditions/fact-missing');
    for (const answer of [{ kind: 'reverted' }, { kind: 'call', returnData: '0x' }] as const) {
      expect(codeOf(() => verdict([nft], [answer]))).toBe('conditions/answer-unusable');
      const or = [basic('', '', '', [':userAddress'], `= ${CALLER}`), { operator: 'or' }, nft];
      expect(codeOf(() => verdict(or, [answer]))).toBe('conditions/answer-unusable');
    }
  });

  it('that are hostile give errors of ours', () => {
    const any = evmContract(
      'f',
      [],
      [],
      [
        ['a', 'uint256[]'],
        ['b', 'string'],
        ['c', 'bytes'],
        ['d', 'bool'],
      ],
      'd',
      '= true',
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const returnData = `0x${Buffer.from(bytes).toString('hex')}`;
        expect(codeOf(() => verdict([any], [{ kind: 'call', returnData }]))).toMatch(/^no error$|answer-unusable/);
      }),
    );
    const bomb = `0x${word(64)}${word((1n << 256n) - 1n)}${word(1n << 40n)}`;
    expect(codeOf(() => verdict([any], [{ kind: 'call', returnData: bomb }]))).toBe('conditions/answer-unusable');
  });
});
