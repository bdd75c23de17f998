import { createHash } from 'node:crypto';

/** SIGHASH_DEFAULT: the signature covers all inputs and outputs. */
const SIGHASH_DEFAULT = 0;
/** The last value: no relative time lock, final. */
const SEQUENCE_FINAL = 0xff_ff_ff_ff;
/** No annex, and the key path. */
const SPEND_TYPE = 0;
/** A script shorter than this has a length prefix of one byte. */
const COMPACT_SIZE_MAX = 0xfd;

export interface TaprootSpend {
  readonly version: number;
  readonly lockTime: number;
  readonly inputs: readonly {
    /** As explorers show it: reversed. */
    readonly txid: string;
    readonly index: number;
    readonly amount: bigint;
    readonly script: Uint8Array;
  }[];
  readonly outputs: readonly { readonly amount: bigint; readonly script: Uint8Array }[];
  /** Position of the input that the signature is for. */
  readonly signedInput: number;
}

/**
 * The bytes whose SHA-256 is the sighash of a key path spend (BIP-341, "Common signature message" and "tagged hash"):
 * SHA256("TapSighash") ‖ SHA256("TapSighash") ‖ 0x00 ‖ SigMsg(SIGHASH_DEFAULT).
 */
export function taprootMessage({ version, lockTime, inputs, outputs, signedInput }: TaprootSpend): Uint8Array {
  const tag = sha256(Buffer.from('TapSighash'));
  const message = Buffer.concat([
    ...[tag, tag, Uint8Array.of(0, SIGHASH_DEFAULT), u32(version), u32(lockTime)],
    sha256(...inputs.flatMap(({ txid, index }) => [Buffer.from(txid, 'hex').reverse(), u32(index)])),
    sha256(...inputs.map(({ amount }) => u64(amount))),
    sha256(...inputs.map(({ script }) => withLength(script))),
    sha256(...inputs.map(() => u32(SEQUENCE_FINAL))),
    sha256(...outputs.flatMap(({ amount, script }) => [u64(amount), withLength(script)])),
    ...[Uint8Array.of(SPEND_TYPE), u32(signedInput)],
  ]);
  return new Uint8Array(message);
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function withLength(script: Uint8Array): Uint8Array {
  if (script.length >= COMPACT_SIZE_MAX) throw new RangeError('The script is too long for this example.');
  return Buffer.concat([Uint8Array.of(script.length), script]);
}
