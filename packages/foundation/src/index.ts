export {
  bigintToBytes,
  bytesToBigint,
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  toHex,
} from './bytes.ts';
export type { Clock, RandomSource, Timer } from './capabilities.ts';
export { FIELD_BYTES_MAX, Reader, Writer } from './encoding.ts';
export type { ErrorOptions, Fault, PartyIndex, SerializedError } from './errors.ts';
export { KeymeshError, toKeymeshError } from './errors.ts';
export { Gate } from './gate.ts';
export { SecretBytes } from './secret.ts';
export { decodeUtf8, utf8 } from './text.ts';
export { sha256Of, Transcript } from './transcript.ts';
