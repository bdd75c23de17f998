import { toHex } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import {
  applySharePad,
  decodeShareVector,
  encodeShareVector,
  type ShareKey,
  shareVectorBytes,
} from '../../src/dkg/share-encryption.ts';
import { curves } from './network.ts';

const KEY: ShareKey = {
  executionId: new Uint8Array(32).fill(1),
  dealer: 1,
  receiver: 2,
  dealerKey: new Uint8Array(33).fill(2),
  receiverKey: new Uint8Array(33).fill(3),
  shared: new Uint8Array(33).fill(2),
};
/** Of each root's scalar, in the order of kinds. Bytes. */
const LENGTHS = [32, 32, 32, 32, 32, 48, 32, 57, 32, 32];
const SHARES = LENGTHS.map((_, i) => BigInt(i + 1));
const ZEROS = new Uint8Array(shareVectorBytes(curves));
const padOf = (key: ShareKey) => toHex(applySharePad(curves, key, ZEROS));

describe('the pad of a pair', () => {
  it('differs for every part of its key, and for the two directions', () => {
    const pads = [
      KEY,
      { ...KEY, executionId: new Uint8Array(32) },
      { ...KEY, dealer: 3 },
      { ...KEY, receiver: 3 },
      { ...KEY, dealer: 2, receiver: 1 },
      { ...KEY, dealerKey: KEY.receiverKey },
      { ...KEY, receiverKey: KEY.dealerKey },
      { ...KEY, dealerKey: KEY.receiverKey, receiverKey: KEY.dealerKey },
      { ...KEY, shared: new Uint8Array(33).fill(3) },
    ].map(padOf);
    expect(new Set(pads).size).toBe(pads.length);
  });

  it('is its own inverse and leaves its input alone', () => {
    const vector = ZEROS.map((_, i) => i);
    const encrypted = applySharePad(curves, KEY, vector);
    expect(encrypted).not.toEqual(vector);
    expect(applySharePad(curves, KEY, encrypted)).toEqual(vector);
    expect(vector[5]).toBe(5);
  });
});

describe('a share vector', () => {
  it('has one encoding', () => {
    expect(decodeShareVector(curves, encodeShareVector(curves, SHARES))).toEqual(SHARES);
    expect(shareVectorBytes(curves)).toBe(8 * 32 + 48 + 57);
  });

  it.each(LENGTHS.map((_, place) => place))('with a scalar at place %i that is not reduced has none', (place) => {
    const start = LENGTHS.slice(0, place).reduce((sum, length) => sum + length, 0);
    const vector = encodeShareVector(curves, SHARES).fill(0xff, start, start + LENGTHS[place]!);
    expect(decodeShareVector(curves, vector)).toBeUndefined();
  });
});
