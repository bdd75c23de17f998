import { NodeError } from '../../errors.ts';

/** What a frame on a mesh connection carries; the first byte of its body. The numbers never change their meaning. */
export const FRAME_KIND = { heartbeat: 1, message: 2 } as const;

const LENGTH_BYTES = 4;
const KIND_BYTES = 1;

export type DecodedFrame =
  | { readonly kind: typeof FRAME_KIND.heartbeat }
  | { readonly kind: typeof FRAME_KIND.message; readonly payload: Uint8Array };

/** u32 length ‖ kind u8 ‖ payload; the length counts kind and payload. */
export function encodeFrame(kind: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(LENGTH_BYTES + KIND_BYTES + payload.length);
  new DataView(out.buffer).setUint32(0, KIND_BYTES + payload.length);
  out[LENGTH_BYTES] = kind;
  out.set(payload, LENGTH_BYTES + KIND_BYTES);
  return out;
}

/**
 * Cuts a byte stream into frames. Holds at most one frame: the length is checked before memory is reserved, and each
 * payload is copied once into memory of its own.
 */
export class FrameDecoder {
  readonly #payloadBytesMax: number;
  readonly #header = new Uint8Array(LENGTH_BYTES);
  #headerFilled = 0;
  #body: Uint8Array | undefined;
  #bodyFilled = 0;

  /** @param payloadBytesMax longest payload, without length and kind. */
  constructor(payloadBytesMax: number) {
    this.#payloadBytesMax = payloadBytesMax;
  }

  /**
   * Takes the next bytes and yields the frames that they complete, in order.
   * @throws NodeError `mesh/frame-too-long` or `mesh/frame-malformed`; the stream is of no use after it.
   */
  *push(chunk: Uint8Array): Generator<DecodedFrame> {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#body === undefined) {
        offset = this.#fillHeader(chunk, offset);
        continue;
      }
      const taken = Math.min(this.#body.length - this.#bodyFilled, chunk.length - offset);
      this.#body.set(chunk.subarray(offset, offset + taken), this.#bodyFilled);
      this.#bodyFilled += taken;
      offset += taken;
      if (this.#bodyFilled === this.#body.length) {
        const body = this.#body;
        this.#body = undefined;
        yield decodeBody(body);
      }
    }
  }

  #fillHeader(chunk: Uint8Array, offset: number): number {
    const taken = Math.min(LENGTH_BYTES - this.#headerFilled, chunk.length - offset);
    this.#header.set(chunk.subarray(offset, offset + taken), this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled === LENGTH_BYTES) {
      const length = new DataView(this.#header.buffer).getUint32(0);
      if (length === 0) throw malformed('it is empty');
      if (length > this.#payloadBytesMax + KIND_BYTES) {
        throw new NodeError(`A peer announced a frame of ${length} bytes.`, {
          code: 'mesh/frame-too-long',
          fault: 'peer',
          details: { length, limit: this.#payloadBytesMax + KIND_BYTES },
        });
      }
      this.#body = new Uint8Array(length);
      this.#bodyFilled = 0;
      this.#headerFilled = 0;
    }
    return offset + taken;
  }
}

function decodeBody(body: Uint8Array): DecodedFrame {
  const payload = body.subarray(KIND_BYTES);
  switch (body[0]) {
    case FRAME_KIND.message:
      return { kind: FRAME_KIND.message, payload };
    case FRAME_KIND.heartbeat:
      if (payload.length !== 0) throw malformed('a heartbeat carries nothing');
      return { kind: FRAME_KIND.heartbeat };
    default:
      throw malformed('its kind is unknown');
  }
}

function malformed(reason: string): NodeError {
  return new NodeError(`A peer sent bytes that are no frame: ${reason}.`, {
    code: 'mesh/frame-malformed',
    fault: 'peer',
    hint: 'The peer runs another version or is faulty.',
  });
}
