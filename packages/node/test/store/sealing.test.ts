import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretBytes, utf8 } from '@keymesh/foundation';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSealer, SEALING_PARAMETERS_FILE_NAME } from '../../src/store/sealing-key.ts';
import { ShareSealer } from '../../src/store/share-sealer.ts';
import { seededRandom } from '../mesh/virtual-clock.ts';
import { sealerOf } from './epoch-shares.ts';

const place = { namespace: 3, key: Uint8Array.of(1, 2), name: 'key shares 0102' };
const text = (secret: SecretBytes): string => secret.expose((bytes) => Buffer.from(bytes).toString());

describe('ShareSealer', () => {
  it('opens what it sealed, at its place only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plaintext) => {
        const sealer = sealerOf(1);
        const sealed = sealer.seal(place, plaintext);
        expect(sealer.open(place, sealed).expose((bytes) => [...bytes])).toEqual([...plaintext]);
        for (const other of [
          { ...place, namespace: 2 },
          { ...place, key: Uint8Array.of(1, 3) },
          { ...place, key: Uint8Array.of(1) },
        ]) {
          expect(() => sealer.open(other, sealed)).toThrow(expect.objectContaining({ code: 'store/corrupted-row' }));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('never seals twice alike', () => {
    const sealer = sealerOf(1);
    expect(sealer.seal(place, utf8('share'))).not.toEqual(sealer.seal(place, utf8('share')));
  });

  it('sees every change and names the entry', () => {
    const sealer = sealerOf(1);
    const sealed = sealer.seal(place, utf8('share'));
    for (let i = 0; i < sealed.length; i++) {
      const changed = sealed.slice();
      changed[i] = (changed[i] as number) ^ 0x10;
      const isKeyId = i >= 1 && i <= 8;
      const code = isKeyId ? 'store/wrong-key' : 'store/corrupted-row';
      expect(() => sealer.open(place, changed)).toThrow(
        expect.objectContaining({ code, message: expect.stringContaining('key shares 0102') }),
      );
      expect(() => sealer.open(place, sealed.slice(0, i))).toThrow(
        expect.objectContaining({ code: expect.any(String) }),
      );
    }
  });

  it('tells a wrong key from damage, and says what to do', () => {
    const sealed = sealerOf(1).seal(place, utf8('share'));
    expect(() => sealerOf(2).open(place, sealed)).toThrow(
      expect.objectContaining({ code: 'store/wrong-key', hint: expect.stringContaining('sealingKeyFile') }),
    );
  });

  it('seals as published: XChaCha20-Poly1305 under the key, with namespace, key and version as associated data', async () => {
    const { xchacha20poly1305 } = await import('@noble/ciphers/chacha.js');
    const sealed = sealerOf(1).seal(place, utf8('share'));
    const associated = Uint8Array.of(0, 3, 0, 0, 0, 2, 1, 2, 1);
    const cipher = xchacha20poly1305(new Uint8Array(32).fill(1), sealed.slice(9, 33), associated);
    expect(Buffer.from(cipher.decrypt(sealed.slice(33))).toString()).toBe('share');
  });

  it('does not work any more after it was wiped', () => {
    const sealer = new ShareSealer(new SecretBytes(new Uint8Array(32)), { random: seededRandom(1) });
    sealer.wipe();
    expect(() => sealer.seal(place, utf8('share'))).toThrow(expect.objectContaining({ code: 'secret/wiped' }));
  });
});

describe('loadSealer', () => {
  let directory: string;
  let keyFile: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keymesh-sealing-'));
    keyFile = join(directory, 'key');
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const data = (name = 'data'): string => join(directory, name);
  const load = (content: string, name?: string): ShareSealer => {
    writeFileSync(keyFile, content);
    return loadSealer({ keyFile, directory: data(name) }, { random: seededRandom(content.length) });
  };

  it('takes 32 bytes as hex, as they are written', () => {
    const sealed = load(`${'0a'.repeat(32)}\n`).seal(place, utf8('share'));
    expect(text(load(`0x${'0A'.repeat(32)}`).open(place, sealed))).toBe('share');
    expect(text(sealerOf(0x0a).open(place, sealed))).toBe('share');
  });

  it('takes a passphrase, with a salt that stays and differs from directory to directory', () => {
    const sealed = load('correct horse battery').seal(place, utf8('share'));
    expect(text(load('correct horse battery\n').open(place, sealed))).toBe('share');
    const parameters = join(data(), SEALING_PARAMETERS_FILE_NAME);
    expect(statSync(parameters).mode & 0o777).toBe(0o600);
    const wrongKey = expect.objectContaining({ code: 'store/wrong-key' });
    expect(() => load('another horse battery').open(place, sealed)).toThrow(wrongKey);
    expect(() => load('correct horse battery', 'other').open(place, sealed)).not.toThrow(); // same seed, same salt
    mkdirSync(data('third'));
    writeFileSync(
      join(data('third'), SEALING_PARAMETERS_FILE_NAME),
      readFileSync(parameters, 'utf8').replace(/"salt":"../, '"salt":"00'),
    );
    expect(() => load('correct horse battery', 'third').open(place, sealed)).toThrow(wrongKey);
  });

  it('refuses short passphrases, missing files and damaged parameters, and replaces nothing', () => {
    const unusable = { code: 'store/sealing-key-unusable', hint: expect.stringContaining('openssl rand -hex 32') };
    for (const content of ['', '  \n', 'short', 'elevenchars']) {
      expect(() => load(content)).toThrow(expect.objectContaining(unusable));
    }
    const missing = { keyFile: join(directory, 'missing'), directory: data() };
    expect(() => loadSealer(missing, { random: seededRandom(1) })).toThrow(expect.objectContaining(unusable));
    mkdirSync(data());
    const parameters = join(data(), SEALING_PARAMETERS_FILE_NAME);
    for (const damaged of [
      '',
      '{}',
      '{"version":1,"kdf":"scrypt","N":2,"r":8,"p":1,"salt":"00112233445566778899aabbccddeeff"}',
    ]) {
      writeFileSync(parameters, damaged);
      expect(() => load('correct horse battery')).toThrow(expect.objectContaining({ code: 'store/corrupted-row' }));
      expect(readFileSync(parameters, 'utf8')).toBe(damaged);
    }
  });
});
