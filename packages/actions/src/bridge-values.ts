import { base64 } from '@scure/base';

/** JSON has no bytes; between host and sandbox they travel as `{$bytes: base64}`. */
export function packBytes(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64') };
  if (Array.isArray(value)) return value.map(packBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packBytes(item)]));
}

/** The inverse, for what a program sent. @throws Error for bytes that are no base64. */
export function unpackBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpackBytes);
  if (typeof value !== 'object' || value === null) return value;
  const { $bytes } = value as { readonly $bytes?: unknown };
  if (typeof $bytes === 'string') return base64.decode($bytes);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpackBytes(item)]));
}
