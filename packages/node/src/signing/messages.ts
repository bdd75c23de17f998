import { Reader, Writer } from '@keymesh/foundation';

/** First byte of every message of signing on a `Messenger`; other layers have other numbers. */
export const SIGNING_CHANNEL = 3;
const KIND = { assign: 1, open: 2, failed: 3, preparing: 4 } as const;
const ID_BYTES = 32;
const ENTROPY_BYTES = 32;
const CODE_BYTES_MAX = 64;

/** What signers say to each other about one request (docs/spec/signing.md §5). Ids are 32 bytes. */
export type SigningMessage =
  /** The leader uses this preparation. `entropy` is empty but for ECDSA. */
  | {
      readonly kind: 'assign';
      readonly session: Uint8Array;
      readonly preparation: Uint8Array;
      readonly entropy: Uint8Array;
    }
  /** A signer has bound the preparation to the request, and shows its entropy. */
  | {
      readonly kind: 'open';
      readonly session: Uint8Array;
      readonly preparation: Uint8Array;
      readonly entropy: Uint8Array;
    }
  | { readonly kind: 'failed'; readonly session: Uint8Array; readonly code: string }
  /** The leader has none and makes one: wait longer. */
  | { readonly kind: 'preparing'; readonly session: Uint8Array };

export function encodeSigningMessage(message: SigningMessage): Uint8Array {
  const writer = new Writer().u8(SIGNING_CHANNEL).u8(KIND[message.kind]).fixed(message.session);
  switch (message.kind) {
    case 'assign':
    case 'open':
      return writer.fixed(message.preparation).bytes(message.entropy).finish();
    case 'failed':
      return writer.text(message.code).finish();
    case 'preparing':
      return writer.finish();
  }
}

/**
 * @returns undefined for a kind that this version does not know.
 * @throws KeymeshError `encoding/malformed`.
 */
export function decodeSigningMessage(bytes: Uint8Array): SigningMessage | undefined {
  const reader = new Reader(bytes);
  reader.u8();
  const kind = reader.u8();
  const session = reader.fixed(ID_BYTES);
  const message = readMessage(reader, kind, session);
  if (message !== undefined) reader.end();
  return message;
}

function readMessage(reader: Reader, kind: number, session: Uint8Array): SigningMessage | undefined {
  switch (kind) {
    case KIND.assign:
    case KIND.open: {
      const preparation = reader.fixed(ID_BYTES);
      const entropy = reader.bytes(ENTROPY_BYTES);
      return { kind: kind === KIND.assign ? 'assign' : 'open', session, preparation, entropy };
    }
    case KIND.failed:
      return { kind: 'failed', session, code: String.fromCharCode(...reader.bytes(CODE_BYTES_MAX)) };
    case KIND.preparing:
      return { kind: 'preparing', session };
    default:
      return undefined;
  }
}
