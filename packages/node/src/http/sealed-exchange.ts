import type { Clock, RandomSource, SecretBytes } from '@keymesh/foundation';
import { SEALED_REQUEST_AGE_MAX_MS, SEALED_REQUEST_FUTURE_MAX_MS } from '@keymesh/protocol/limits';
import { noblePrimitives, type Primitives } from '@keymesh/protocol/primitives';
import { type OpenedRequest, openRequest, sealResponse } from '@keymesh/protocol/sealing';
import { NodeError } from '../errors.ts';
import { REPLAY_CACHE_ENTRIES_MAX } from '../requests/limits.ts';
import { RememberedRequests } from '../requests/remembered-requests.ts';

/** Opens sealed requests, each once, and seals their answers. */
export interface SealedExchange {
  /** @throws ProtocolError `sealing/…`; NodeError `wire/replayed`, `node/overloaded`. */
  open(body: unknown): OpenedRequest;
  /** @returns the JSON of the HTTP body. */
  seal(plaintext: string, clientPublicKey: Uint8Array): string;
}

export function createSealedExchange(options: {
  readonly sealingKey: SecretBytes;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Default: noble. */
  readonly primitives?: Primitives;
}): SealedExchange {
  const { sealingKey, clock, random, primitives = noblePrimitives } = options;
  // A request is good from FUTURE_MAX before to AGE_MAX after its date; for so long a repeat must be recognised. Only
  // requests that opened are remembered. A restart forgets them: a repeat of one from just before it is answered, to
  // the same client as before, by a node that has none of the nonces that it may name.
  const seen = new RememberedRequests({
    clock,
    lifetimeMs: SEALED_REQUEST_AGE_MAX_MS + SEALED_REQUEST_FUTURE_MAX_MS + 1_000,
    entriesMax: REPLAY_CACHE_ENTRIES_MAX,
    whenFull: 'refuse',
  });
  return {
    open: (body) => {
      const opened = openRequest(body, sealingKey, clock.now(), primitives);
      if (seen.remember(opened.replayKey) !== 'new') {
        throw new NodeError('This sealed request was received before.', {
          code: 'wire/replayed',
          fault: 'caller',
          hint: 'Seal each request anew: a client never sends the same sealed bytes twice.',
        });
      }
      return opened;
    },
    seal: (plaintext, clientPublicKey) =>
      JSON.stringify(
        sealResponse({ plaintext, clientPublicKey, nodeSecretKey: sealingKey, now: clock.now(), random, primitives }),
      ),
  };
}
