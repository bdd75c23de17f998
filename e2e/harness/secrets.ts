import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, SecretBytes, utf8 } from '@keymesh/foundation';
import { ShareSealer } from '@keymesh/node/logic';
import { openStorage } from '@keymesh/node/storage';
import { loadNativeCurves } from '@keymesh/threshold/native';
import type { TestNetwork } from './network.ts';
import { random } from './wire.ts';

/** Where a node's identity is sealed to (packages/node/src/store/namespaces.ts, identity/node-identity.ts). */
const IDENTITY_NAMESPACE = 1_000;
const IDENTITY_FILE = 'identity.json';
const IDENTITY_SECRETS = ['mesh identity', 'sealing key', 'account key'];

/** Bytes that must be nowhere but sealed or in memory. */
export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Everything secret of a node that does not run: its sealing key, its three private keys, its four shares. */
export async function secretsOf(network: TestNetwork, party: number): Promise<readonly Secret[]> {
  const name = `node-${party}`;
  const keyFile = network.path(name, 'sealing.key');
  const dataDirectory = network.path(name, 'data');
  const sealingKey = fromHex(readFileSync(keyFile, 'utf8').trim());
  const storage = openStorage({ dataDirectory, sealingKeyFile: keyFile }, { random, curves: await loadNativeCurves() });
  const shares = storage.epochs
    .loadShares()
    .flatMap((epoch) => epoch.shares)
    .map((one) => ({ name: `${name}: share of ${one.name}`, bytes: one.share.expose((bytes) => bytes.slice()) }));
  storage.close();
  return [
    { name: `${name}: store key`, bytes: sealingKey },
    ...identitySecrets(dataDirectory, name, sealingKey),
    ...shares,
  ];
}

function identitySecrets(dataDirectory: string, name: string, sealingKey: Uint8Array): Secret[] {
  const path = join(dataDirectory, IDENTITY_FILE);
  const { sealed } = JSON.parse(readFileSync(path, 'utf8')) as { sealed: string };
  const sealer = new ShareSealer(new SecretBytes(sealingKey.slice()), { random });
  const opened = sealer.open({ namespace: IDENTITY_NAMESPACE, key: utf8(IDENTITY_FILE), name: path }, fromHex(sealed));
  return opened.expose((bytes) =>
    IDENTITY_SECRETS.map((what, i) => ({ name: `${name}: ${what}`, bytes: bytes.slice(32 * i, 32 * (i + 1)) })),
  );
}

/** A text that may hold a secret, and where it is from. */
export interface Place {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Every way in which bytes are commonly written. */
function spellings(bytes: Uint8Array): readonly Buffer[] {
  const buffer = Buffer.from(bytes);
  const reversed = Buffer.from(bytes).reverse();
  const number = (of: Buffer): string => BigInt(`0x${of.toString('hex')}`).toString();
  const base64 = buffer.toString('base64').replace(/=+$/, '');
  const texts = [
    buffer.toString('hex'),
    buffer.toString('hex').toUpperCase(),
    reversed.toString('hex'),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    [...bytes].join(','),
    ...(bytes.length >= 16 ? [number(buffer), number(reversed)] : []),
  ];
  return [buffer, reversed, ...texts.map((text) => Buffer.from(text))];
}

/** Where secrets are found that must not be: `secret in place`, for a test to compare with nothing. */
export function findSecrets(secrets: readonly Secret[], places: readonly Place[]): string[] {
  const contents = places.map(({ name, content }) => ({ name, content: Buffer.from(content) }));
  return secrets.flatMap((secret) => {
    const needles = spellings(secret.bytes);
    return contents
      .filter(({ content }) => needles.some((needle) => content.includes(needle)))
      .map((place) => `${secret.name} in ${place.name}`);
  });
}

/** Every file under a directory but the sealing keys, which are there in clear for local networks. */
export function filesUnder(directory: string): readonly Place[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== 'sealing.key')
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { name: path, content: readFileSync(path) };
    });
}
