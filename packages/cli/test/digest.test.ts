import { createHash } from 'node:crypto';
import { SCHEME_NAMES, SCHEMES } from '@keymesh/sdk';
import { keccak256 } from 'viem';
import { describe, expect, test } from 'vitest';
import { digestFor } from '../src/commands/digest.ts';

const message = new TextEncoder().encode('hello');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hashed = (hash: string): string => createHash(hash).update(message).digest('hex');

describe('what is signed for a message', () => {
  test.each([
    ['EcdsaK256Sha256', undefined, hashed('sha256')],
    ['EcdsaP256Sha256', undefined, hashed('sha256')],
    ['EcdsaP384Sha384', undefined, hashed('sha384')],
    ['EcdsaK256Sha256', 'keccak256', keccak256(message).slice(2)],
    ['EcdsaK256Sha256', 'sha256', hashed('sha256')],
  ] as const)('by %s with --hash %s is its hash', (scheme, hash, expected) => {
    expect(hex(digestFor(scheme, message, hash).input)).toBe(expected);
  });

  test('with --hash none is the message, if it is as long as a digest', () => {
    const digest = new Uint8Array(32).fill(7);
    expect(digestFor('EcdsaK256Sha256', digest, 'none')).toEqual({ input: digest, hash: 'none' });
    const wrong = () => digestFor('EcdsaP384Sha384', digest, 'none');
    expect(wrong).toThrow('EcdsaP384Sha384 signs 48 bytes, and the input has 32.');
  });

  test('by all other schemes is the message', () => {
    const others = SCHEME_NAMES.filter((name) => SCHEMES[name].kind !== 'ecdsa');
    expect(others).toHaveLength(11);
    for (const scheme of others) {
      expect(digestFor(scheme, message, undefined)).toEqual({ input: message });
      expect(() => digestFor(scheme, message, 'sha256')).toThrow('hashes the message by itself');
    }
  });

  test.each([
    ['EcdsaK256Sha256', 'sha384', 'EcdsaK256Sha256 signs 32 bytes, and sha384 gives 48.'],
    ['EcdsaP384Sha384', 'keccak256', 'EcdsaP384Sha384 signs 48 bytes, and keccak256 gives 32.'],
    ['EcdsaK256Sha256', 'md5', 'There is no hash md5.'],
    ['EcdsaK256Sha256', 'toString', 'There is no hash toString.'],
  ] as const)('by %s with --hash %s is refused', (scheme, hash, text) => {
    expect(() => digestFor(scheme, message, hash)).toThrow(text);
    expect(() => digestFor(scheme, message, hash)).toThrow(expect.objectContaining({ code: 'cli/usage' }));
  });
});
