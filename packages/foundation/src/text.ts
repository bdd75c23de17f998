/** The parts of the WHATWG Encoding Standard that are used: every platform has them, the language's own types do not. */
interface Encoding {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array };
  readonly TextDecoder: new (
    label: 'utf-8',
    options: { readonly fatal: true; readonly ignoreBOM: true },
  ) => { decode(bytes: Uint8Array): string };
}

const { TextEncoder, TextDecoder } = globalThis as unknown as Encoding;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. A lone surrogate becomes U+FFFD. */
export function utf8(text: string): Uint8Array {
  // Copied, because an encoder of another realm (jsdom, vm) gives arrays that `instanceof` here denies.
  return new Uint8Array(encoder.encode(text));
}

/**
 * The text that UTF-8 bytes spell (RFC 3629), a byte order mark included. `undefined` for bytes that are not
 * well-formed: overlong forms, surrogates, beyond U+10FFFF, or cut short.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
