import fc from 'fast-check';
import { encodeAbiParameters, parseAbiParameters } from 'viem/utils';
import { describe, expect, it } from 'vitest';
import { chainsOf, conditionsDenied, type FactAnswer, humanize, requireEvaluable } from '../src/conditions/index.ts';
import {
  basic,
  CALLER,
  call,
  ether,
  evmContract,
  judge,
  members,
  nft,
  parse,
  plan,
  verdict,
  wei,
} from './condition-builders.ts';
import { codeOf } from './random.ts';

describe('tests of values', () => {
  const number = (test: string) => basic('', 'timestamp', 'eth_getBlockByNumber', ['latest'], test);
  const at = (seconds: bigint): FactAnswer => ({ kind: 'timestamp', seconds });

  it('compare numbers as 256-bit integers', () => {
    const uint = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(uint, uint),
          uint.map((x): [bigint, bigint] => [x, x]),
        ),
        ([a, b]) => {
          const expected = { '>': a > b, '<': a < b, '>=': a >= b, '<=': a <= b, '=': a === b, '!=': a !== b };
          for (const [comparator, is] of Object.entries(expected)) {
            expect(verdict([number(`${comparator} ${b}`)], [at(a)])).toBe(is);
          }
        },
      ),
    );
  });

  it.each([
    number('> 1.5'),
    number('> -1'),
    number('> 0x10'),
    number('> '),
    number(`> ${1n << 256n}`),
    number('contains 1'),
    basic('', '', '', [':userAddress'], `!= ${CALLER}`),
    basic('', '', '', [':userAddress'], '= 0x12'),
    basic('', '', '', ['text'], '> a'),
    basic('', '', '', [], '= a'),
    basic('', '', '', ['a', 'b'], '= a'),
    basic(CALLER, 'ProofOfHumanity', 'isRegistered', [':userAddress'], '= yes'),
    basic(CALLER, 'ProofOfHumanity', 'isRegistered', [':userAddress'], '> true'),
    basic('not an address', 'ERC20', 'balanceOf', [':userAddress'], '> 0'),
    basic(CALLER, 'ERC20', 'balanceOf', ['not an address'], '> 0'),
    basic(CALLER, 'ERC20', 'balanceOf', [], '> 0'),
    basic(CALLER, 'ERC721', 'ownerOf', ['one'], '= :userAddress'),
    basic('', '', 'eth_getBalance', [':userAddress', 'earliest'], '> 0'),
    evmContract('f', [], [], [['a', 'bool']], 'b', '= true'),
    evmContract('f', [], [], [], '', '= true'),
    evmContract('f', ['1'], [['a', 'uint256[]']], [['', 'bool']], '', '= true'),
    evmContract('f', ['300'], [['a', 'uint8']], [['', 'bool']], '', '= true'),
    { ...evmContract('f', [], [], [['', 'bool']], '', '= true'), functionName: 'g' },
  ])('a condition that can never be read is refused: %j', (condition) => {
    expect(codeOf(() => plan([condition]))).toBe('conditions/malformed');
    expect(codeOf(() => requireEvaluable(parse([condition])))).toBe('conditions/malformed');
  });

  it('a condition that waits for a value of the caller is not refused beforehand', () => {
    const later = basic(CALLER, 'ERC721', 'ownerOf', [':litParam:id'], '= :userAddress', 'base');
    expect(codeOf(() => requireEvaluable(parse([later])))).toBe('no error');
    expect(chainsOf(parse([later, { operator: 'or' }, [later, { operator: 'or' }, ether]]))).toEqual([
      'base',
      'ethereum',
    ]);
  });

  it('negate booleans and texts', () => {
    const human = (test: string) => basic(CALLER, 'ProofOfHumanity', 'isRegistered', [':userAddress'], test);
    expect(verdict([human('= false')], [call(false)])).toBe(true);
    expect(verdict([human('!= true')], [call(true)])).toBe(false);
    const name = evmContract('name', [], [], [['', 'string']], '', 'contains Man');
    const text: FactAnswer = {
      kind: 'call',
      returnData: encodeAbiParameters(parseAbiParameters('string'), ['Burning Man']),
    };
    expect(verdict([name], [text])).toBe(true);
    expect(verdict([{ ...name, returnValueTest: { key: '', comparator: '!contains', value: 'Man' } }], [text])).toBe(
      false,
    );
  });
});

describe('folding', () => {
  const truth = (value: boolean) => basic('', '', '', ['x'], value ? '= x' : '= y');

  it('goes from left to right without precedence', () => {
    const list = [truth(true), { operator: 'or' }, truth(true), { operator: 'and' }, truth(false)];
    expect(verdict(list, [])).toBe(false);
    const grouped = [truth(true), { operator: 'or' }, [truth(true), { operator: 'and' }, truth(false)]];
    expect(verdict(grouped, [])).toBe(true);
  });

  type Tree = boolean | { first: Tree; rest: ['and' | 'or', Tree][] };
  const tree = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.boolean(),
      fc.record({
        first: tie('tree'),
        rest: fc.array(fc.tuple(fc.constantFrom<'and' | 'or'>('and', 'or'), tie('tree')), { maxLength: 2 }),
      }),
    ),
  })).tree;
  const toList = (node: Tree): unknown[] =>
    typeof node === 'boolean'
      ? [truth(node)]
      : [item(node.first), ...node.rest.flatMap(([operator, next]) => [{ operator }, item(next)])];
  const item = (node: Tree): unknown => (typeof node === 'boolean' ? truth(node) : toList(node));
  /** An independent reading: the last operator decides between everything before it and its right side. */
  const value = (node: Tree): boolean => {
    if (typeof node === 'boolean') return node;
    const last = node.rest.at(-1);
    if (last === undefined) return value(node.first);
    const before = value({ first: node.first, rest: node.rest.slice(0, -1) });
    return last[0] === 'and' ? before && value(last[1]) : before || value(last[1]);
  };
  const leaves = (node: Tree): number =>
    typeof node === 'boolean' ? 1 : node.rest.reduce((sum, [, next]) => sum + leaves(next), leaves(node.first));

  it('agrees with an independent reading of any tree, and explains every condition', () => {
    fc.assert(
      fc.property(tree, (node) => {
        fc.pre(leaves(node) <= 30);
        const { satisfied, explanation } = judge(toList(node), []);
        expect(satisfied).toBe(value(node));
        const count = (part: typeof explanation): number =>
          part.kind === 'condition' ? 1 : part.items.reduce((sum, inner) => sum + count(inner), 0);
        expect(count(explanation)).toBe(leaves(node));
      }),
      { numRuns: 500 },
    );
  });
});

describe('sentences', () => {
  const token = basic('0x9f8F72aA9304c8B593d555F12eF6589cC3A579A2', 'ERC20', 'balanceOf', [':userAddress'], '> 0');

  it('say what is demanded and what was found', () => {
    const { explanation } = judge([token, { operator: 'and' }, ether], [call(0), wei(5n)]);
    const error = conditionsDenied(explanation);
    expect(error.code).toBe('conditions/denied');
    expect(error.message).toBe(
      `The conditions are not satisfied: the wallet ${CALLER} must hold > 0 of ERC20 ` +
        '0x9f8F72aA9304c8B593d555F12eF6589cC3A579A2 on chain ethereum; it holds 0; and ' +
        `the wallet ${CALLER} must hold >= 10000000000000 of wei on chain ethereum; it holds 5.`,
    );
  });

  it('of a wallet condition name both wallets', () => {
    const other = `0x${'1'.repeat(40)}`;
    const { explanation } = judge([basic('', '', '', [':userAddress'], `= ${other}`)], []);
    expect(conditionsDenied(explanation).message).toContain(`the caller's wallet must be = ${other}; it is ${CALLER}`);
  });

  it('leave out what is satisfied and shorten long lists', () => {
    const { explanation } = judge([token, { operator: 'and' }, ether], [call(1), wei(5n)]);
    expect(conditionsDenied(explanation).message).not.toContain('ERC20');
    const many = Array.from({ length: 15 }, (_, i) =>
      i % 2 === 0 ? basic('', '', '', [`n${i}`], '= x') : { operator: 'and' },
    );
    expect(conditionsDenied(judge(many, []).explanation).message).toContain('; and 3 more.');
  });

  it('describe conditions for whom no caller is known', () => {
    expect(humanize(parse([token, { operator: 'and' }, [nft, { operator: 'or' }, members]]))).toBe(
      "The caller's wallet must hold > 0 of ERC20 0x9f8F72aA9304c8B593d555F12eF6589cC3A579A2 on chain ethereum and " +
        '(the owner of token 3112 of ERC721 0x89b597199dAc806Ceecfc091e56044D34E59985c on chain ethereum must be = ' +
        "the caller's wallet or shares of members(:userAddress) of the contract " +
        '0xb71a679cfff330591d556c4b9f21c7739ca9590c on chain xdai must be >= 1).',
    );
  });
});
