import type { Ed25519Signer } from '../../identity/ed25519.ts';
import { spkiOf } from '../../identity/ed25519.ts';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const EXPLICIT_0 = 0xa0;

const OID_ED25519 = Buffer.from('06032b6570', 'hex'); // 1.3.101.112, RFC 8410 §3
const OID_COMMON_NAME = Buffer.from('0603550403', 'hex'); // 2.5.4.3
const PEM_LINE_CHARACTERS = 64;

/**
 * A self-signed certificate (RFC 5280, RFC 8410) that carries the node's mesh identity and nothing else. Peers compare
 * the key with the one on chain and look at no other field, so name, serial number and dates are constants; a date
 * would only add a way to fail. Written out because it is 300 bytes of DER against a dozen packages.
 * @returns the certificate as PEM.
 */
export function makeCertificate(identity: Ed25519Signer): string {
  const algorithm = der(SEQUENCE, OID_ED25519);
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, OID_COMMON_NAME, der(UTF8_STRING, Buffer.from('keymesh')))));
  const validity = der(SEQUENCE, time('20200101000000Z'), time('99991231235959Z')); // the latter: RFC 5280 §4.1.2.5
  const version3 = der(EXPLICIT_0, der(INTEGER, Buffer.of(2)));
  const serial = der(INTEGER, Buffer.of(1));
  const content = der(SEQUENCE, version3, serial, algorithm, name, validity, name, spkiOf(identity.publicKey));
  const signature = der(BIT_STRING, Buffer.of(0), identity.sign(content));
  return pem(der(SEQUENCE, content, algorithm, signature));
}

function time(text: string): Buffer {
  return der(GENERALIZED_TIME, Buffer.from(text));
}

/** One DER value (X.690 §8.1, definite length). Contents here stay below 65,536 bytes. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${PEM_LINE_CHARACTERS}}`, 'g')) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
