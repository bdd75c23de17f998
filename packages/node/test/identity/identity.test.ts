import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { fromHex, SecretBytes, toHex, utf8 } from '@keymesh/foundation';
import { privateKeyToAddress } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ed25519Signer, rawKeyOfSpki, spkiOf, verifyEd25519 } from '../../src/identity/ed25519.ts';
import {
  exposeAccountKey,
  IDENTITY_FILE_NAME,
  loadOrCreateIdentity,
  type NodeIdentity,
  readPublicIdentity,
} from '../../src/identity/node-identity.ts';
import { seededRandom } from '../mesh/virtual-clock.ts';
import { sealerOf } from '../store/epoch-shares.ts';

describe('the identity of a node', () => {
  let directory: string;
  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'keymesh-identity-')), 'data');
  });
  afterEach(() => rmSync(join(directory, '..'), { recursive: true }));
  const file = (): string => join(directory, IDENTITY_FILE_NAME);
  const load = (seed = 1, keyByte = 1): NodeIdentity =>
    loadOrCreateIdentity(directory, { sealer: sealerOf(keyByte), random: seededRandom(seed) });
  const secretsOf = (identity: NodeIdentity): string[] =>
    [identity.sealingSecret, identity.accountSecret].map((secret) => secret.expose(toHex));

  it('is made once, and is the same at every start', () => {
    const made = load(1);
    const loaded = load(2);
    expect(loaded.public).toEqual(made.public);
    expect(secretsOf(loaded)).toEqual(secretsOf(made));
    expect(verifyEd25519(made.public.meshIdentity, utf8('message'), loaded.mesh.sign(utf8('message')))).toBe(true);
    expect(readPublicIdentity(directory)).toEqual(made.public);
    expect(new Set(secretsOf(made)).size).toBe(2);
  });

  it('has the public keys that other libraries compute from its secrets', () => {
    const identity = load();
    expect(exposeAccountKey(identity, privateKeyToAddress).toLowerCase()).toBe(identity.public.nodeAddress);
    const pkcs8 = Buffer.concat([
      Buffer.from('302e020100300506032b656e04220420', 'hex'),
      fromHex(secretsOf(identity)[0] as string),
    ]);
    const privateKey = createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' });
    const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    expect(toHex(spki.subarray(-32))).toBe(toHex(identity.public.sealingKey));
    const other = generateKeyPairSync('x25519');
    expect(diffieHellman({ privateKey, publicKey: other.publicKey })).toHaveLength(32);
  });

  it('is sealed on disk, in a file that only its owner reads', () => {
    const identity = load();
    expect((statSync(file()).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(directory).mode & 0o777).toString(8)).toBe('700');
    const content = readFileSync(file(), 'utf8');
    for (const secret of secretsOf(identity)) expect(content).not.toContain(secret);
    expect(content).toContain(identity.public.nodeAddress);
  });

  it('prints no secret, whichever way it is printed', () => {
    const identity = load();
    const pem = identity.mesh.exposePem((bytes) => bytes.toString()).split('\n')[1] as string;
    const seed = toHex(Buffer.from(pem, 'base64').subarray(-32));
    const printed = [
      JSON.stringify(identity),
      inspect(identity, { depth: 10, showHidden: true }),
      String(identity.accountSecret),
      `${identity.sealingSecret}`,
      inspect(sealerOf(1), { depth: 10, showHidden: true }),
    ].join('\n');
    expect(printed).toContain('[redacted]');
    for (const secret of [...secretsOf(identity), seed, '01'.repeat(32)]) {
      expect(printed).not.toContain(secret);
      expect(printed).not.toContain([...fromHex(secret)].slice(0, 6).join(', '));
    }
  });

  it('is never replaced when it cannot be opened', () => {
    load();
    const content = readFileSync(file(), 'utf8');
    expect(() => load(2, 9)).toThrow(expect.objectContaining({ code: 'store/wrong-key' }));
    const changed = JSON.parse(content) as { sealed: string; nodeAddress: string };
    const damaged: [string, string][] = [
      ['', 'identity/unreadable'],
      ['{', 'identity/unreadable'],
      [content.slice(0, 100), 'identity/unreadable'],
      [JSON.stringify({ ...changed, version: 2 }), 'identity/unreadable'],
      [JSON.stringify({ ...changed, nodeAddress: `0x${'0'.repeat(40)}` }), 'identity/unreadable'],
      [JSON.stringify({ ...changed, sealed: changed.sealed.slice(2) }), 'store/corrupted-row'],
      [JSON.stringify({ ...changed, sealed: changed.sealed.slice(1) }), 'store/corrupted-row'],
      [
        JSON.stringify({ ...changed, sealed: `${changed.sealed.slice(0, -1)}${changed.sealed.endsWith('0') ? 1 : 0}` }),
        'store/corrupted-row',
      ],
    ];
    for (const [text, code] of damaged) {
      writeFileSync(file(), text);
      expect(() => load(3), text).toThrow(expect.objectContaining({ code }));
      expect(readFileSync(file(), 'utf8')).toBe(text);
    }
  });

  it('is read without the key only if it is there', () => {
    expect(() => readPublicIdentity(directory)).toThrow(expect.objectContaining({ code: 'identity/unreadable' }));
    expect(existsSync(file())).toBe(false);
  });
});

describe('Ed25519', () => {
  /** RFC 8032 §7.1, test 2. */
  const seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
  const publicKey = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
  const signature =
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
  const message = Uint8Array.of(0x72);

  it('signs as RFC 8032 says', () => {
    const signer = new Ed25519Signer(new SecretBytes(fromHex(seed)));
    expect(toHex(signer.publicKey)).toBe(publicKey);
    expect(toHex(signer.sign(message))).toBe(signature);
    expect(verifyEd25519(fromHex(publicKey), message, fromHex(signature))).toBe(true);
  });

  it('refuses what is wrong or malformed, without an exception', () => {
    const [key, good] = [fromHex(publicKey), fromHex(signature)];
    expect(verifyEd25519(key, Uint8Array.of(0x73), good)).toBe(false);
    expect(verifyEd25519(key, message, good.slice(1))).toBe(false);
    expect(verifyEd25519(key.slice(1), message, good)).toBe(false);
    expect(verifyEd25519(new Uint8Array(32).fill(0xff), message, good)).toBe(false);
  });

  it('reads back the key of a SubjectPublicKeyInfo, and of nothing else', () => {
    const key = fromHex(publicKey);
    expect(rawKeyOfSpki(spkiOf(key))).toEqual(key);
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' });
    expect(x25519).toHaveLength(44);
    expect(rawKeyOfSpki(x25519)).toBeUndefined();
    expect(rawKeyOfSpki(spkiOf(key).slice(1))).toBeUndefined();
  });

  it('wipes the PEM that it lends', () => {
    const signer = new Ed25519Signer(new SecretBytes(fromHex(seed)));
    let kept: Buffer = Buffer.alloc(0);
    signer.exposePem((pem) => {
      kept = pem;
      expect(pem.toString()).toContain('PRIVATE KEY');
    });
    expect(kept.every((byte) => byte === 0)).toBe(true);
  });
});
