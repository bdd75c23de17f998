import { type PartyIndex, Transcript } from '@keymesh/foundation';
import { ROOT_KEY_NAMES, ROOT_KEYS, type Step } from '@keymesh/threshold';
import {
  createKeyGeneration,
  type KeyGeneration,
  type KeyGenerationOutput,
  type KeyGenerationParameters,
  ROUND,
} from '@keymesh/threshold/dkg';
import type { LiarContext, Lie } from './lie.ts';

/** Lengths of docs/spec/key-generation.md. Bytes. */
const DIGEST_BYTES = 32;
const VERSION_BYTES = 1;
const COMPLAINT_BYTES = 2 + 33 + 64;

/** Changes a body that the honest protocol would send; undefined sends nothing, now and in later rounds. */
type Tamper = (round: number, body: Uint8Array, parameters: KeyGenerationParameters) => Uint8Array | undefined;

/**
 * A participant that computes honestly and sends something else. Its verdict claims to have seen what it really sent,
 * so that the lie itself is judged, and not only the contradiction with its own messages.
 */
class TamperedKeyGeneration implements KeyGeneration {
  readonly #inner: KeyGeneration;
  readonly #parameters: KeyGenerationParameters;
  readonly #tamper: Tamper;
  readonly #told: LiarContext['told'];
  readonly #sent: Uint8Array[] = [];
  #lied = false;
  #silent = false;

  constructor(inner: KeyGeneration, parameters: KeyGenerationParameters, tamper: Tamper, told: LiarContext['told']) {
    this.#inner = inner;
    this.#parameters = parameters;
    this.#tamper = tamper;
    this.#told = told;
  }

  get candidate(): KeyGeneration['candidate'] {
    return this.#inner.candidate;
  }

  poke(): Step<KeyGenerationOutput> {
    const step = this.#inner.poke();
    if (step.kind !== 'send') return step;
    const consistent = step.round === ROUND.verdict && this.#lied ? this.#withOwnView(step.body) : step.body;
    const body = this.#silent ? undefined : this.#tamper(step.round, consistent, this.#parameters);
    if (body === undefined) {
      this.#silent = true;
      return this.poke();
    }
    if (body !== consistent && !this.#lied) {
      this.#lied = true;
      this.#told(this.#parameters.executionId, 'everyone');
    }
    this.#sent.push(body);
    return { ...step, body };
  }

  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    // Its own broadcast comes back as it was sent.
    if (from !== this.#parameters.self) this.#inner.receive(from, round, body);
  }

  abandon(): void {
    this.#inner.abandon();
  }

  #withOwnView(verdict: Uint8Array): Uint8Array {
    const { executionId, self, participants } = this.#parameters;
    const view = new Transcript('dkg/v1/seen');
    for (const [i, body] of this.#sent.entries()) {
      const digest = new Transcript('dkg/v1/message')
        .append('execution', executionId)
        .appendU32('author', self)
        .appendU32('round', i + 1)
        .append('body', body)
        .digest();
      view.append('message', digest);
    }
    const out = verdict.slice();
    out.set(view.digest(), VERSION_BYTES + participants.indexOf(self) * DIGEST_BYTES);
    return out;
  }
}

function tampering(tamperOf: (context: LiarContext) => Tamper): Lie {
  return (context) => ({
    keyGeneration: (inner, parameters) => new TamperedKeyGeneration(inner, parameters, tamperOf(context), context.told),
  });
}

/** Flips a bit of the byte at `offset`, counted from the end when negative. */
function flipped(body: Uint8Array, offset: number): Uint8Array {
  const out = body.slice();
  const at = offset < 0 ? body.length + offset : offset;
  out[at] = (out[at] as number) ^ 1;
  return out;
}

/** The encrypted shares of all root keys for one participant. Bytes. */
function shareVectorBytes({ curves }: KeyGenerationParameters): number {
  return ROOT_KEY_NAMES.reduce((sum, name) => sum + curves[ROOT_KEYS[name].curve].scalarBytes, 0);
}

/** One participant gets a share that is not on the polynomial: the least significant bit of the first is flipped. */
export const badShareToOne = tampering(({ random }) => (round, body, parameters) => {
  if (round !== ROUND.deal) return body;
  const { participants, curves } = parameters;
  const victim = random.integer(1, participants.length - 1);
  const first = curves[ROOT_KEYS[ROOT_KEY_NAMES[0] as (typeof ROOT_KEY_NAMES)[number]].curve];
  return flipped(body, -victim * shareVectorBytes(parameters) + first.scalarBytes - 1);
});

/** The opening is not the one that was committed to. */
export const openingMismatch = tampering(() => (round, body) => (round === ROUND.deal ? flipped(body, 40) : body));

/** The proof for the encryption key is wrong. */
export const wrongEncryptionKeyProof = tampering(
  () => (round, body) => (round === ROUND.commit ? flipped(body, -1) : body),
);

/** A message that is no message. */
export const malformedMessage = tampering(({ random }) => {
  const wrong = random.integer(ROUND.commit, ROUND.confirm);
  return (round, body) => (round === wrong ? body.subarray(0, body.length - 1) : body);
});

/** Complains about an honest dealer without a proof. */
export const falseComplaint = tampering(({ randomSource }) => (round, body, { participants, self }) => {
  if (round !== ROUND.verdict) return body;
  const dealer = participants.find((party) => party !== self) as PartyIndex;
  const end = VERSION_BYTES + participants.length * DIGEST_BYTES;
  const out = new Uint8Array(end + 2 + COMPLAINT_BYTES);
  out.set(body.subarray(0, end));
  // One complaint: its dealer, a point (the generator of secp256k1) and a proof of two random reduced scalars.
  out.set([0, 1, 0, dealer], end);
  out.set(GENERATOR, end + 4);
  for (const offset of [37, 69]) out.set(randomSource(31), end + offset + 1);
  return out;
});

const GENERATOR = Buffer.from('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798', 'hex');

/** Claims to have seen another message of an honest party than that party sent. */
export const falseView = tampering(() => (round, body, { participants, self }) => {
  if (round !== ROUND.verdict) return body;
  const victim = participants.findIndex((party) => party !== self);
  return flipped(body, VERSION_BYTES + victim * DIGEST_BYTES);
});

/** Confirms another result than the messages give. */
export const wrongResult = tampering(() => (round, body) => (round === ROUND.confirm ? flipped(body, -1) : body));

/** Says nothing from some round on. Not a lie that can be proven; it must be blamed for its silence. */
export const silentFromRound: Lie = (context) => {
  const from = context.random.integer(ROUND.commit, ROUND.confirm);
  return {
    keyGeneration: (inner, parameters) =>
      new TamperedKeyGeneration(
        inner,
        parameters,
        (round, body) => (round < from ? body : undefined),
        () => {},
      ),
  };
};

/**
 * The proof for a root key is wrong although round 1 commits to it. The liar finds out what it is going to open by
 * running its own part twice with the same random bytes.
 */
export const wrongKnowledgeProof: Lie = (context) => ({
  keyGeneration: (_inner, parameters) => {
    const seed = context.random.fork(`knowledge ${parameters.executionId.join()}`);
    const create = () => createKeyGeneration({ ...parameters, random: seed.fork('twice').source });
    const others = parameters.participants.filter((party) => party !== parameters.self);
    const openingBytes = (deal: Uint8Array) =>
      deal.length - VERSION_BYTES - others.length * shareVectorBytes(parameters);
    const rehearsal = create();
    rehearsal.poke();
    for (const party of others) receiveGarbage(rehearsal, party);
    const deal = rehearsal.poke();
    rehearsal.abandon();
    if (deal.kind !== 'send') return create();
    const opening = flipped(deal.body.slice(VERSION_BYTES, VERSION_BYTES + openingBytes(deal.body)), -1);
    const openingHash = new Transcript('dkg/v1/opening')
      .append('execution', parameters.executionId)
      .appendU32('dealer', parameters.self)
      .append('opening', opening)
      .digest();
    const tamper: Tamper = (round, body) => {
      const out = body.slice();
      if (round === ROUND.commit) out.set(openingHash, VERSION_BYTES);
      else if (round === ROUND.deal) out.set(opening, VERSION_BYTES);
      else return body;
      return out;
    };
    return new TamperedKeyGeneration(create(), parameters, tamper, context.told);
  },
});

function receiveGarbage(rehearsal: KeyGeneration, from: PartyIndex): void {
  try {
    rehearsal.receive(from, ROUND.commit, new Uint8Array(0));
  } catch {
    // Convicts the "sender" in the rehearsal, which is all that is wanted.
  }
}
