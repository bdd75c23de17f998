import type { PartyIndex } from '@keymesh/foundation';
import type { Wiretap } from '../engine/wiretap.ts';
import type { MovedPreparation } from '../node-parts.ts';

/** Something that must not be readable outside its process. */
export interface KnownSecret {
  readonly party: PartyIndex;
  readonly what: string;
  readonly bytes: Uint8Array;
  /** From this part of the wiretap on it is public; never if undefined. */
  publicFrom: number | undefined;
}

/** Half of the transfers of a pair: the only draw of this length that the maker of preparations makes. Bytes. */
const TRANSFER_CHOICES_BYTES = 16;
const ENTROPY_BYTES = 32;
const SCALAR_BYTES = 32;

/** What honest members keep secret about signing, as far as the simulation can get hold of it. */
export class KnownSecrets {
  readonly all: KnownSecret[] = [];
  readonly #wiretap: Wiretap;
  /** Entropy by party and preparation. */
  readonly #entropies = new Map<string, KnownSecret>();

  constructor(wiretap: Wiretap) {
    this.#wiretap = wiretap;
  }

  /** A maker drew random bytes. */
  drawn(party: PartyIndex, bytes: Uint8Array): void {
    if (bytes.length === TRANSFER_CHOICES_BYTES) this.#add(party, 'choices of base transfers (Δ)', bytes);
  }

  /** A preparation on its way between threads. */
  prepared(party: PartyIndex, { kind, id, secret }: MovedPreparation): void {
    if (kind === 'frost') {
      const half = secret.length / 2;
      this.#add(party, 'hiding nonce', secret.subarray(0, half));
      this.#add(party, 'binding nonce', secret.subarray(half));
      return;
    }
    const halves = secret.subarray(secret.length - ENTROPY_BYTES - 2 * SCALAR_BYTES, secret.length - ENTROPY_BYTES);
    this.#add(party, 'share of 1/k', halves.subarray(0, SCALAR_BYTES));
    this.#add(party, 'share of x/k', halves.subarray(SCALAR_BYTES));
    const entropy = this.#add(party, 'entropy that is not opened yet', secret.subarray(secret.length - ENTROPY_BYTES));
    this.#entropies.set(`${party}/${id}`, entropy);
  }

  /** The preparation is bound to a request: from now on its entropy is for everybody. */
  opened(party: PartyIndex, preparation: string): void {
    const entropy = this.#entropies.get(`${party}/${preparation}`);
    if (entropy !== undefined) entropy.publicFrom ??= this.#wiretap.partCount;
  }

  #add(party: PartyIndex, what: string, bytes: Uint8Array): KnownSecret {
    const secret = { party, what, bytes: bytes.slice(), publicFrom: undefined };
    this.all.push(secret);
    return secret;
  }
}
