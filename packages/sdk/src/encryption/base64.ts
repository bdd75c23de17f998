import { invalidArgument } from '../errors.ts';

/** Characters that are joined at once: `fromCharCode` takes its input as arguments. */
const CHUNK_BYTES = 0x2000;

/** Standard base64 with padding. `btoa` exists in browsers, Node, Deno, Bun and Workers. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK_BYTES));
  }
  return btoa(binary);
}

/** @throws SdkError `sdk/invalid-argument` */
export function fromBase64(text: string): Uint8Array {
  try {
    if (typeof text === 'string') return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    // The error of `atob` says no more than ours.
  }
  throw invalidArgument('The ciphertext is not base64.', 'Pass the `ciphertext` of `encrypt` unchanged.');
}
