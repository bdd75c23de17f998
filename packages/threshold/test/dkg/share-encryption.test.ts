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
    const shares = [1n, 2n, 3n, 4n];
    expect(decodeShareVector(curves, encodeShareVector(curves, shares))).toEqual(shares);
    expect(shareVectorBytes(curves)).toBe(128);
  });

  it.each([0, 1, 2, 3])('with a scalar at place %i that is not reduced has none', (place) => {
    const vector = encodeShareVector(curves, [1n, 2n, 3n, 4n]).fill(0xff, 32 * place, 32 * (place + 1));
    expect(decodeShareVector(curves, vector)).toBeUndefined();
  });
});
