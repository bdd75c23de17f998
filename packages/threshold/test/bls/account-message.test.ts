import { toHex, utf8 } from '@keymesh/foundation';
import { accountSignatureMessage } from '@keymesh/threshold/bls';
import { describe, expect, it } from 'vitest';

describe('the message of an account signature', () => {
  it('is the domain, the token id in 32 bytes and the message', () => {
    const built = accountSignatureMessage(0x0102n, utf8('hello'));
    expect(toHex(built)).toBe(
      `${toHex(utf8('keymesh/account-signature/v1'))}${'00'.repeat(30)}0102${toHex(utf8('hello'))}`,
    );
    expect(accountSignatureMessage(2n ** 256n - 1n, new Uint8Array(0)).length).toBe(28 + 32);
  });

  it.each([-1n, 2n ** 256n])('refuses the token id %s', (tokenId) => {
    expect(() => accountSignatureMessage(tokenId, utf8('m'))).toThrow(
      expect.objectContaining({ code: 'bls/invalid-token-id', fault: 'caller' }),
    );
  });
});
