import { SecretBytes } from '@keymesh/foundation';
import { SigningNonces } from '@keymesh/threshold/frost';
import { describe, expect, it } from 'vitest';
import { NONCE_LIFETIME_MS, NONCES_PER_OWNER_MAX } from '../../src/requests/limits.ts';
import { type NoncePurpose, NonceVault } from '../../src/requests/nonce-vault.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';
import { codeOf } from './expectations.ts';

const purpose: NoncePurpose = { owner: '0xa', scheme: 'SchnorrEd25519Sha512', epoch: 1 };

function fresh(): SigningNonces {
  const part = new Uint8Array(32).fill(1);
  return new SigningNonces(
    { party: 1, hiding: part, binding: part },
    { hiding: new SecretBytes(part.slice()), binding: new SecretBytes(part.slice()) },
  );
}

describe('NonceVault', () => {
  it('gives a pair once, and only to who asked for it, for what it was made', async () => {
    const vault = new NonceVault(new VirtualClock());
    const nonces = fresh();
    vault.put('id', purpose, nonces);
    for (const other of [{ owner: '0xb' }, { scheme: 'SchnorrK256Taproot' }, { epoch: 2 }]) {
      expect(await codeOf(() => vault.take('id', { ...purpose, ...other }))).toBe('nonce/unknown');
    }
    expect(await codeOf(() => vault.take('other', purpose))).toBe('nonce/unknown');
    // Whoever guessed wrong has not taken it from its owner.
    expect(vault.take('id', purpose)).toBe(nonces);
    expect(await codeOf(() => vault.take('id', purpose))).toBe('nonce/unknown');
    expect(vault.size).toBe(0);
  });

  it('destroys what expires, also when nobody asks', async () => {
    const clock = new VirtualClock();
    const vault = new NonceVault(clock);
    const [old, young] = [fresh(), fresh()];
    expect(vault.put('old', purpose, old)).toBe(clock.now() + NONCE_LIFETIME_MS);
    clock.advance(1_000);
    vault.put('young', purpose, young);
    clock.advance(NONCE_LIFETIME_MS - 1_001);
    vault.sweep();
    expect(old.isUsed).toBe(false);
    clock.advance(1);
    vault.sweep();
    expect([old.isUsed, young.isUsed, vault.size]).toEqual([true, false, 1]);
    clock.advance(1_000);
    expect(await codeOf(() => vault.take('young', purpose))).toBe('nonce/unknown');
    expect(young.isUsed).toBe(true);
  });

  it('bounds what one owner holds, and lets it in again after use', async () => {
    const vault = new NonceVault(new VirtualClock());
    for (let i = 0; i < NONCES_PER_OWNER_MAX; i += 1) vault.put(`id${i}`, purpose, fresh());
    const refused = fresh();
    expect(await codeOf(() => vault.put('more', purpose, refused))).toBe('nonce/too-many');
    expect(refused.isUsed).toBe(true);
    expect(await codeOf(() => vault.requireRoom(purpose.owner, 1))).toBe('nonce/too-many');
    vault.put('of another', { ...purpose, owner: '0xb' }, fresh());
    vault.take('id0', purpose);
    vault.requireRoom(purpose.owner, 1);
    expect(await codeOf(() => vault.requireRoom(purpose.owner, 2))).toBe('nonce/too-many');
  });

  it('when full, takes from the owner with the most: many wallets cannot lock out one', () => {
    const vault = new NonceVault(new VirtualClock(), { perOwnerMax: 4, totalMax: 9 });
    const honest = fresh();
    vault.put('honest', { ...purpose, owner: '0xhonest' }, honest);
    const attackers = Array.from({ length: 20 }, (_, i) => ({ nonces: fresh(), owner: `0x${i % 5}`, id: `a${i}` }));
    for (const { id, owner, nonces } of attackers) vault.put(id, { ...purpose, owner }, nonces);
    expect(vault.size).toBe(9);
    expect(honest.isUsed).toBe(false);
    expect(attackers.filter(({ nonces }) => !nonces.isUsed)).toHaveLength(8);
    // The oldest of theirs went first, and the newest is there.
    expect([attackers[0]?.nonces.isUsed, attackers.at(-1)?.nonces.isUsed]).toEqual([true, false]);
    expect(vault.take('honest', { ...purpose, owner: '0xhonest' })).toBe(honest);
  });

  it('destroys everything on clear', () => {
    const vault = new NonceVault(new VirtualClock());
    const all = [fresh(), fresh()];
    for (const [i, nonces] of all.entries()) vault.put(`${i}`, purpose, nonces);
    vault.clear();
    expect(all.every((nonces) => nonces.isUsed)).toBe(true);
    expect(vault.size).toBe(0);
    // The owner's count began anew too.
    vault.requireRoom(purpose.owner, NONCES_PER_OWNER_MAX);
  });
});
