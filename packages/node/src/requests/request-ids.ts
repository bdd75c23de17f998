import { type Clock, toHex } from '@keymesh/foundation';
import { NodeError } from '../errors.ts';
import { REQUEST_ID_CACHE_ENTRIES_MAX, REQUEST_ID_LIFETIME_MS } from './limits.ts';
import { RememberedRequests } from './remembered-requests.ts';

/**
 * The rule that one request id of a wallet names one request (design.md §5). It tells a client with a weak generator or
 * a wrong retry of its mistake; nothing that is secret rests on it, because an id selects nothing.
 */
export class RequestIds {
  readonly #seen: RememberedRequests;

  constructor(clock: Clock, entriesMax: number = REQUEST_ID_CACHE_ENTRIES_MAX) {
    this.#seen = new RememberedRequests({
      clock,
      lifetimeMs: REQUEST_ID_LIFETIME_MS,
      entriesMax,
      whenFull: 'forget-oldest',
    });
  }

  /**
   * Binds the id to the request. To be called for callers who are authorised.
   * @param wallet the caller, lower case with 0x.
   * @param identity the hash of the request's content (`requestIdentity` of @keymesh/protocol).
   * @throws NodeError `wire/request-id-reused` if the wallet used the id for another request.
   */
  claim(wallet: string, requestId: string, identity: Uint8Array): void {
    if (this.#seen.remember(`${wallet}/${requestId}`, toHex(identity)) !== 'other') return;
    throw new NodeError('The request id was used before for another request.', {
      code: 'wire/request-id-reused',
      fault: 'caller',
      hint: 'Choose a fresh random id for each request.',
    });
  }
}
