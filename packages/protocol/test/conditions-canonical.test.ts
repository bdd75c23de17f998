import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  COMPARATORS,
  type ConditionField,
  canonicalize,
  conditionsOfRequest,
  hashConditions,
  identityOf,
  parseConditions,
  STANDARD_CONTRACT_TYPES,
} from '../src/conditions/index.ts';
import { parseMessage, ROUTES } from '../src/routes/index.ts';
import { codeOf } from './random.ts';

interface Vector {
  readonly name: string;
  readonly field: ConditionField;
  readonly conditions: unknown;
  readonly canonical: string;
  readonly hash: string;
}
const vectors = JSON.parse(readFileSync(new URL('./vectors/conditions.json', import.meta.url), 'utf8')) as Vector[];

const basic = {
  contractAddress: '',
  standardContractType: '',
  chain: 'ethereum',
  method: '',
  parameters: [':userAddress'],
  returnValueTest: { comparator: '=', value: '0x50e2dac5e78B5905CB09495547452cEE64426db2' },
};
const and = { operator: 'and' };
const parse = (value: unknown, field: ConditionField = 'unifiedAccessControlConditions') =>
  parseConditions(field, value);

describe('the canonical form', () => {
  it.each(vectors)('is the one of the official package: $name', ({ field, conditions, canonical, hash }) => {
    const list = parse(conditions, field);
    expect(JSON.stringify(canonicalize(list))).toBe(canonical);
    expect(hashConditions(list)).toBe(hash);
  });

  it.each(vectors)('survives the wire, where only known keys are let in: $name', ({ field, canonical, hash }) => {
    const request = {
      authSig: { sig: '', derivedVia: '', signedMessage: '', address: '' },
      [field]: JSON.parse(canonical),
      dataToEncryptHash: '00'.repeat(32),
      chain: 'ethereum',
      epoch: 1,
      requestId: 'request-1',
    };
    const received = parseMessage(ROUTES.decrypt.request, request, 'decrypt request');
    expect(hashConditions(conditionsOfRequest(received))).toBe(hash);
  });

  it('makes the identity', () => {
    expect(identityOf('ab', 'cd')).toBe('lit-accesscontrolcondition://ab/cd');
  });

  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const leaf = fc.record({
    contractAddress: text,
    standardContractType: fc.constantFrom(...STANDARD_CONTRACT_TYPES),
    chain: fc.constantFrom('ethereum', 'xdai'),
    method: text,
    parameters: fc.array(text, { maxLength: 3 }),
    returnValueTest: fc.record({ comparator: fc.constantFrom(...COMPARATORS), value: text }),
  });
  const shuffle = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, item]) => [key, shuffle(item)]),
        )
      : value;

  it('does not depend on the order of keys or on unknown ones, and is its own canonical form', () => {
    fc.assert(
      fc.property(leaf, leaf, (a, b) => {
        const hash = hashConditions(parse([a, and, b]));
        expect(hashConditions(parse([shuffle(a), { extra: 1, ...and }, { ...b, extra: 2 }]))).toBe(hash);
        const again = parse(JSON.parse(JSON.stringify(canonicalize(parse([a, and, b])))));
        expect(hashConditions(again)).toBe(hash);
        const bytes = new TextEncoder().encode(JSON.stringify(canonicalize(again)));
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
      }),
    );
  });

  it('differs for whatever differs in meaning', () => {
    fc.assert(
      fc.property(leaf, leaf, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        const hashes = [[a], [b], [a, and, b], [b, and, a], [a, { operator: 'or' }, b], [[a], and, b]].map((list) =>
          hashConditions(parse(list)),
        );
        expect(new Set(hashes).size).toBe(hashes.length);
      }),
    );
  });
});

describe('parsing', () => {
  const many = (count: number) =>
    Array.from({ length: 2 * count - 1 }, (_, i) => (i % 2 === 0 ? basic : and)) as unknown[];

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'conditions/malformed'],
    ['an empty list', [], 'conditions/malformed'],
    ['an empty group', [[]], 'conditions/malformed'],
    ['two conditions without an operator', [basic, basic], 'conditions/malformed'],
    ['an operator at the end', [basic, and], 'conditions/malformed'],
    ['an operator at the start', [and, basic], 'conditions/malformed'],
    ['an operator instead of a condition', [basic, and, and], 'conditions/malformed'],
    ['a condition instead of an operator', [basic, basic, basic], 'conditions/malformed'],
    ['another operator', [basic, { operator: 'xor' }, basic], 'conditions/malformed'],
    ['null', [null], 'conditions/malformed'],
    ['a missing key', [{ ...basic, method: undefined }], 'conditions/malformed'],
    ['a number as value', [{ ...basic, returnValueTest: { comparator: '>', value: 1 } }], 'conditions/malformed'],
    ['an unknown comparator', [{ ...basic, returnValueTest: { comparator: '==', value: '' } }], 'conditions/malformed'],
    ['an unknown contract type', [{ ...basic, standardContractType: 'ERC777' }], 'conditions/malformed'],
    ['a chain that is no name', [{ ...basic, chain: 'http://x' }], 'conditions/malformed'],
    ['a wrong conditionType', [{ ...basic, conditionType: 'evmContract' }], 'conditions/malformed'],
    ['solana', [{ ...basic, conditionType: 'solRpc' }], 'conditions/unsupported'],
    ['cosmos', [{ path: '/', conditionType: 'cosmos' }], 'conditions/unsupported'],
    ['30 conditions', many(30), 'no error'],
    ['31 conditions', many(31), 'conditions/too-many'],
    ['31 conditions in groups', [many(15), and, [many(16)]], 'conditions/too-many'],
    ['groups 12 deep', Array.from({ length: 11 }).reduce<unknown>((inner) => [inner], [basic]), 'no error'],
    ['groups 13 deep', Array.from({ length: 12 }).reduce<unknown>((inner) => [inner], [basic]), 'conditions/malformed'],
    [
      'groups 100 000 deep',
      Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], [basic]),
      'conditions/malformed',
    ],
  ])('%s', (_, value, code) => expect(codeOf(() => parse(value))).toBe(code));

  it('keeps the kinds apart where the field is for one kind', () => {
    const contract = vectors.find((vector) => vector.field === 'evmContractConditions') as Vector;
    expect(codeOf(() => parse([basic], 'evmContractConditions'))).toBe('conditions/malformed');
    expect(codeOf(() => parse(contract.conditions, 'accessControlConditions'))).toBe('conditions/malformed');
    expect(codeOf(() => parse(contract.conditions, 'evmContractConditions'))).toBe('no error');
  });

  it('gives errors of ours for anything', () => {
    fc.assert(fc.property(fc.array(fc.anything()), (value) => void codeOf(() => parse(value))));
  });
});
