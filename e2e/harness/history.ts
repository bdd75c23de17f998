import { SCHEMES, type SchemeName, type SignResult } from '@keymesh/sdk';
import { expect } from 'vitest';
import type { Overheard } from './wiretap.ts';

/**
 * Everything that nodes gave out over a test's life, to see that nothing secret was ever used twice: two shares with one
 * nonce give the key share away.
 */
export class History {
  /** For each preparation what each of its signers answered. */
  readonly #answers = new Map<string, Map<number, string>>();
  /** The preparation of each nonce commitment and each signer's entropy. */
  readonly #usedIn = new Map<string, string>();
  /** The message of each R, and of each r. */
  readonly #messages = new Map<string, string>();
  readonly #reused: string[] = [];

  get preparationCount(): number {
    return this.#answers.size;
  }

  /** Whether a preparation was used before. */
  knows(value: Overheard['value']): boolean {
    return this.#answers.has(preparationOf(value));
  }

  /** Good answers of nodes to signing requests with preparations. */
  addShares(shares: readonly Pick<Overheard, 'party' | 'value'>[]): void {
    for (const { party, value } of shares) {
      if (value.frost === undefined && value.ecdsa === undefined) continue;
      const preparation = preparationOf(value);
      const answers = this.#answers.get(preparation) ?? new Map<number, string>();
      this.#answers.set(preparation, answers);
      const said = JSON.stringify([value.share, value.ecdsa?.openings]);
      // The same answer to the same request again is fine; another one is the catastrophe.
      if ((answers.get(party) ?? said) !== said) this.#reused.push(`${preparation} by party ${party}`);
      answers.set(party, said);
      for (const nonce of noncesOf(value)) {
        if ((this.#usedIn.get(nonce) ?? preparation) !== preparation) this.#reused.push(`${nonce} in ${preparation}`);
        this.#usedIn.set(nonce, preparation);
      }
    }
  }

  /** @param message any name of what was signed. */
  addSignature({ scheme, signature }: Pick<SignResult, 'scheme' | 'signature'>, message: string): void {
    const { kind, signatureBytes, shareBytes } = SCHEMES[scheme as SchemeName];
    if (kind === 'bls') return;
    const r = Buffer.from(signature.subarray(0, signatureBytes - shareBytes)).toString('hex');
    if ((this.#messages.get(r) ?? message) !== message) this.#reused.push(`R of ${scheme}: ${r}`);
    this.#messages.set(r, message);
  }

  /** No r, no R, no preparation, no nonce commitment and no entropy served two messages. */
  expectNothingTwice(): void {
    expect(this.#reused).toEqual([]);
    expect(this.#messages.size).toBeGreaterThan(0);
  }

  /** What signers opened for a request, as bytes. */
  get entropies(): readonly Uint8Array[] {
    return [...this.#usedIn.keys()]
      .filter((nonce) => nonce.startsWith('entropy '))
      .map((nonce) => new Uint8Array(Buffer.from(nonce.split(' ').at(-1) as string, 'hex')));
  }
}

function preparationOf({ frost, ecdsa }: Overheard['value']): string {
  return frost?.id ?? ecdsa?.record;
}

function noncesOf({ frost, ecdsa }: Overheard['value']): string[] {
  type Commitment = { readonly hiding: string; readonly binding: string };
  type Opening = { readonly party: number; readonly entropy: string };
  return [
    ...((frost?.commitments ?? []) as Commitment[]).flatMap(({ hiding, binding }) => [hiding, binding]),
    ...((ecdsa?.openings ?? []) as Opening[]).map(({ party, entropy }) => `entropy ${party} ${entropy}`),
  ];
}
