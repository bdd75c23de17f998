import { describe, expect, it } from 'vitest';
import { evaluate, type FactAnswer, requireEvaluable } from '../src/conditions/index.ts';
import {
  basic,
  CALLER,
  call,
  context,
  ether,
  evmContract,
  member,
  members,
  moloch,
  nft,
  parse,
  plan,
  selectorOf,
  verdict,
  wei,
} from './condition-builders.ts';
import { codeOf } from './random.ts';

describe('the worked examples of the reference (access-conditions.md 3.9)', () => {
  const erc1155 = '0x3110c39b428221012934A7F617913b095BC1078C';
  it.each<[string, object, string, FactAnswer, boolean]>([
    ['1', basic(erc1155, 'ERC1155', 'balanceOf', [':userAddress', '9541'], '> 0'), '0x00fdd58e', call(1), true],
    ['1', basic(erc1155, 'ERC1155', 'balanceOf', [':userAddress', '9541'], '> 0'), '0x00fdd58e', call(0), false],
    ['3', nft, '0x6352211e', call(CALLER.toLowerCase()), true],
    ['3', nft, '0x6352211e', call('0x1111111111111111111111111111111111111111'), false],
    [
      '4',
      basic('0xA80617371A5f511Bf4c1dDf822E6040acaa63e71', 'ERC721', 'balanceOf', [':userAddress'], '> 0'),
      '0x70a08231',
      call(2),
      true,
    ],
    [
      '5',
      basic('0x9f8F72aA9304c8B593d555F12eF6589cC3A579A2', 'ERC20', 'balanceOf', [':userAddress'], '> 0'),
      '0x70a08231',
      call(0),
      false,
    ],
    ['6', ether, 'balance', wei(10_000_000_000_000n), true],
    ['6', ether, 'balance', wei(9_999_999_999_999n), false],
    [
      '8',
      basic(
        '0x77c0612bb672a52c60c7a71b898853570bd2bbbb',
        'Creaton',
        'subscribers',
        [':userAddress'],
        '= true',
        'mumbai',
      ),
      '0x5745ae28',
      call(1),
      true,
    ],
    [
      '8',
      basic(
        '0x77c0612bb672a52c60c7a71b898853570bd2bbbb',
        'Creaton',
        'subscribers',
        [':userAddress'],
        '= true',
        'mumbai',
      ),
      '0x5745ae28',
      call(2),
      false,
    ],
    [
      '10',
      basic(
        '0xC5E9dDebb09Cd64DfaCab4011A0D5cEDaf7c9BDb',
        'ProofOfHumanity',
        'isRegistered',
        [':userAddress'],
        '= true',
      ),
      '0xc3c5a547',
      call(true),
      true,
    ],
    ['12', members, '0x08ae4b0c', call(CALLER, 0, 0, true, 0, 0), false],
    ['12', members, '0x08ae4b0c', call(CALLER, 1, 0, true, 0, 0), true],
    [
      '13',
      evmContract(
        'balanceOf',
        [':userAddress', '8'],
        [
          ['account', 'address'],
          ['id', 'uint256'],
        ],
        [['', 'uint256']],
        '',
        '> 0',
      ),
      '0x00fdd58e',
      call(1),
      true,
    ],
    [
      '20',
      basic('', 'timestamp', 'eth_getBlockByNumber', ['latest'], '>= 1651276942'),
      'timestamp',
      { kind: 'timestamp', seconds: 1651276941n },
      false,
    ],
    [
      '20',
      basic('', 'timestamp', 'eth_getBlockByNumber', ['latest'], '>= 1651276942'),
      'timestamp',
      { kind: 'timestamp', seconds: 1651276942n },
      true,
    ],
    [
      '37 Aave',
      evmContract(
        'getUserAccountData',
        [':userAddress'],
        [['user', 'address']],
        [
          ['totalCollateralETH', 'uint256'],
          ['totalDebtETH', 'uint256'],
        ],
        'totalCollateralETH',
        '> 5',
      ),
      '0xbf92857c',
      call(6, 0),
      true,
    ],
    [
      '37 Safe',
      evmContract('isOwner', [':userAddress'], [['owner', 'address']], [['', 'bool']], '', '= true'),
      '0x2f54bf6e',
      call(false),
      false,
    ],
    [
      '37 Governor',
      evmContract(
        'hasVoted',
        ['77', ':userAddress'],
        [
          ['proposalId', 'uint256'],
          ['account', 'address'],
        ],
        [['', 'bool']],
        '',
        '= true',
      ),
      '0x43859632',
      call(true),
      true,
    ],
    [
      '37 ENS',
      evmContract('addr', ['ab'.repeat(32)], [['node', 'bytes32']], [['', 'address']], '', '= :userAddress'),
      '0x3b3b57de',
      call(CALLER),
      true,
    ],
  ])('%s: %j', (_, condition, selector, answer, satisfied) => {
    expect(selectorOf(plan([condition])[0])).toBe(selector);
    expect(verdict([condition], [answer])).toBe(satisfied);
  });

  it('9: the wallet itself, in any letter case, asks nothing of a chain', () => {
    const condition = basic('', '', '', [':userAddress'], `= ${CALLER}`);
    expect(plan([condition])).toEqual([]);
    expect(verdict([condition], [])).toBe(true);
    expect(verdict([condition], [], { userAddress: CALLER.toLowerCase() })).toBe(true);
    expect(verdict([condition], [], { userAddress: `0x${'1'.repeat(40)}` })).toBe(false);
  });

  it.each([
    [true, 0, 10_000_000_000_000n, true],
    [true, 0, 0n, true],
    [true, 3, 0n, false],
    [false, 0, 10_000_000_000_000n, true],
    [false, 0, 0n, false],
  ])('22: member %s (jailed %s) or %s wei is %s', (exists, jailed, balance, satisfied) => {
    expect(verdict([moloch, { operator: 'or' }, ether], [member(exists, jailed), wei(balance)])).toBe(satisfied);
  });

  it.each([
    [
      '16 POAP',
      basic('0x22C1f6050E56d2876009903609a2cC3fEf83B415', 'POAP', 'tokenURI', [], 'contains Burning Man 2021'),
    ],
    ['18 SIWE', basic('', 'SIWE', '', [':domain'], '= localhost:3050')],
    [
      '21 Lit Action',
      basic('ipfs://QmcgbVu2sJSPpTeFhBd174FnmYmoVYvUFJeDkS7eYtwoFY', 'LitAction', 'go', ['40'], '= true'),
    ],
    [
      '37 Chainlink',
      evmContract(
        'latestRoundData',
        [],
        [],
        [
          ['roundId', 'uint80'],
          ['answer', 'int256'],
        ],
        'answer',
        '> 0',
      ),
    ],
    ['an unknown method', basic(CALLER, 'ERC20', 'decimals', [], '= 18')],
    [
      'a tuple',
      evmContract(
        'f',
        [],
        [],
        [
          ['', 'uint256'],
          ['x', 'tuple'],
        ],
        '',
        '= 1',
      ),
    ],
  ])('%s is refused as unsupported', (_, condition) => {
    expect(codeOf(() => plan([condition]))).toBe('conditions/unsupported');
    expect(codeOf(() => evaluate(parse([condition]), new Map(), context))).toBe('conditions/unsupported');
    expect(codeOf(() => requireEvaluable(parse([condition])))).toBe('conditions/unsupported');
  });
});
