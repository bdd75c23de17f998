import { bytesToBigint, concatBytes, type PartyIndex, utf8 } from '@keymesh/foundation';
import {
  accountSignatureMessage,
  BLS_ORDER,
  type BlsBackend,
  combine,
  decryptWithPartials,
  encrypt,
  nobleBls,
  type PartialSignature,
  verify,
  verifyingSharesOf,
} from '@keymesh/threshold/bls';
import { loadMclBls } from '@keymesh/threshold/bls-mcl';
import { describe, expect, it } from 'vitest';
import { dealKey, scalarBytes, seededRandom, type TestKey } from '../bls/fixtures.ts';
import { findCombinations, findInBytes } from './direct-search.ts';

/**
 * What t − 1 parties have of the two BLS root keys: their shares, everybody's partial signatures on everything that was
 * signed, and what is public. There is no nonce to leak; what could leak is a share, a signature on something that was
 * never signed, or a signature of one root from those of the other.
 */

const backend: BlsBackend = await loadMclBls();
const THRESHOLD = 3;
const CORRUPT: readonly PartyIndex[] = [1, 2];
const HONEST: readonly PartyIndex[] = [3, 4];
const random = seededRandom('bls extraction');

const account = (id: bigint, text: string) => accountSignatureMessage(id, utf8(text));
/** What the sessions root signs: messages of accounts, which repeat. */
const SESSIONS = [1n, 2n, 1n].flatMap((id) => ['a', 'b'].map((text) => account(id, text)));
/** What the decryption root signs: identities, of which one is also a message of the other root. */
const IDENTITIES = [utf8('identity 1'), utf8('identity 2'), account(1n, 'a')];

interface BlsView {
  readonly key: TestKey;
  readonly partials: readonly { readonly message: Uint8Array; readonly made: readonly PartialSignature[] }[];
}

/** The partial signatures of all parties on each message. */
function record(key: TestKey, messages: readonly Uint8Array[]): BlsView {
  const parties = [...CORRUPT, ...HONEST];
  return { key, partials: messages.map((message) => ({ message, made: key.sign(backend, parties, message) })) };
}

const share = (key: TestKey, party: PartyIndex): bigint => key.share(party).expose((bytes) => bytesToBigint(bytes));
const isOf = (key: TestKey, message: Uint8Array, signature: Uint8Array) =>
  verify(backend, key.publicKey, message, signature);

/**
 * A signature of `key` on a message that no honest party signed with it: the corrupt parties' own partial signatures
 * with each honest one that was ever seen, of any key and message, also shifted by differences of keys.
 */
function forge(key: TestKey, message: Uint8Array, views: readonly BlsView[], differences: readonly bigint[] = []) {
  const own = key.sign(backend, CORRUPT, message);
  const point = backend.hashToG2(message);
  for (const { made } of views.flatMap(({ partials }) => partials)) {
    for (const { party, value } of made.filter((each) => HONEST.includes(each.party))) {
      const seen = backend.decodeG2(value);
      for (const difference of [0n, ...differences]) {
        const shifted = backend.encodeG2(backend.sumOfProductsG2([seen, point], [1n, difference]));
        const signature = combine(backend, [...own, { party, value: shifted }]);
        if (isOf(key, message, signature)) return signature;
      }
    }
  }
  return undefined;
}

/** An honest share from guesses at it. */
function guessShare({ key }: BlsView, guesses: readonly bigint[]): bigint | undefined {
  const known = new Set(HONEST.map((party) => String(verifyingSharesOf(backend, key.commitments)(party))));
  return guesses.find((guess) =>
    known.has(String(backend.encodeG1(backend.multiplyG1Base(scalarBytes(guess), random)))),
  );
}

const sessions = record(dealKey(THRESHOLD, 'sessions root'), SESSIONS);
const decryption = record(dealKey(THRESHOLD, 'decryption root'), IDENTITIES);
const roots = [
  ['sessions', sessions, decryption],
  ['decryption', decryption, sessions],
] as const;
const FRESH = account(3n, 'never signed');

describe.each(roots)('the %s root, for t − 1 parties', (_, view, other) => {
  const { key, partials } = view;

  it('shows no share in what they have', () => {
    const secrets = [key.secret, ...HONEST.map((party) => share(key, party))];
    const bytes = [
      ...CORRUPT.map((party) => key.share(party).expose((each) => each.slice())),
      ...key.commitments,
      ...partials.flatMap(({ message, made }) => [message, ...made.map(({ value }) => value), combine(backend, made)]),
    ];
    const scalars = CORRUPT.flatMap((party) => [share(key, party), share(other.key, party)]);
    const weights = [1n, 2n, 3n, 4n, 6n].flatMap((weight) => [weight, -weight]);
    expect(findInBytes(bytes, secrets, 32)).toEqual([]);
    expect(findCombinations(BLS_ORDER, scalars, weights, secrets)).toEqual([]);
    const leaked = scalarBytes(secrets[1]!).reverse();
    expect(findInBytes([...bytes, concatBytes(utf8('..'), leaked)], secrets, 32)).toEqual([secrets[1]]);
  });

  it('gives no signature on what was not signed, nor by the other root', () => {
    expect(forge(key, FRESH, [view, other])).toBe(undefined);
    expect(forge(key, FRESH, [view, other], [share(other.key, 1) - share(key, 1)])).toBe(undefined);
    const onlyOther = other.partials
      .map(({ message }) => message)
      .filter((message) => !partials.some((each) => String(each.message) === String(message)));
    expect(onlyOther.length).toBeGreaterThan(0);
    for (const message of onlyOther) expect(forge(key, message, [other])).toBe(undefined);
    // With one honest partial signature on it, it would.
    expect(forge(key, FRESH, [record(key, [FRESH])])).toBeDefined();
  });

  it('has shares that nobody guesses', () => {
    const guesses = Array.from({ length: 200 }, (_, i) => BigInt(i + 1));
    expect(guessShare(view, guesses)).toBe(undefined);
    expect(guessShare(view, [...guesses, share(key, 4)])).toBe(share(key, 4));
  });
});

describe('keys that leak', () => {
  it('one polynomial for both roots: decryption keys are signatures of sessions', () => {
    const same = record(sessions.key, IDENTITIES);
    expect(forge(sessions.key, IDENTITIES[0]!, [same])).toBeDefined();
    expect(forge(sessions.key, IDENTITIES[0]!, [decryption])).toBe(undefined);
  });

  it('additive children: a signature of one is one of all', () => {
    // Why BLS keys are never tweaked: a child whose shares are shifted by a public scalar.
    const tweak = 123_456_789n;
    const shifted = HONEST.map((party) => scalarBytes((share(sessions.key, party) + tweak) % BLS_ORDER));
    const made = HONEST.map((party, i) => {
      return { party, value: backend.encodeG2(backend.sign(shifted[i]!, FRESH, random)) };
    });
    const child: BlsView = { key: sessions.key, partials: [{ message: FRESH, made }] };
    expect(forge(sessions.key, FRESH, [child], [-tweak])).toBeDefined();
    expect(forge(sessions.key, FRESH, [child])).toBe(undefined);
  });
});

describe('a ciphertext, for t − 1 parties', () => {
  const identity = utf8('identity 3');
  const plaintext = utf8('a secret that only three may read');
  const { key } = decryption;
  const ciphertext = encrypt(nobleBls, { publicKey: key.publicKey, identity, plaintext, random });
  const open = (partials: readonly PartialSignature[]) =>
    decryptWithPartials(backend, {
      ciphertext,
      identity,
      publicKey: key.publicKey,
      threshold: THRESHOLD,
      partials,
      verifyingShares: verifyingSharesOf(backend, key.commitments),
      random,
    }).plaintext;

  it('stays closed, with any partial signature that was ever seen, and opens with one more', () => {
    const own = key.sign(backend, CORRUPT, identity);
    for (const { made } of [...sessions.partials, ...decryption.partials]) {
      for (const partial of made.filter(({ party }) => HONEST.includes(party))) {
        expect(() => open([...own, partial])).toThrowError(expect.objectContaining({ code: 'bls/invalid-partials' }));
      }
    }
    expect(open([...own, ...key.sign(backend, [3], identity)])).toEqual(plaintext);
    expect(findInBytes([ciphertext], [bytesToBigint(plaintext.slice(0, 32))], 32)).toEqual([]);
  });
});
