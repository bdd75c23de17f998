import {
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  equalBytes,
  type RandomSource,
  sha256Of,
  Transcript,
  utf8,
} from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { type Point, randomScalar } from '../../src/curves/index.ts';
import type { MultiplicationKernel } from '../../src/ecdsa/index.ts';
import { bitAt } from '../../src/ecdsa/kernel/bit-matrix.ts';
import {
  answerAsHolder,
  finishChooser,
  type MultiplicationSession,
  startChooser,
} from '../../src/ecdsa/multiplication.ts';
import { createWasmKernel } from '../../src/ecdsa/native/index.ts';
import { type BaseTransferSession, finishBaseSender, startBaseSender } from '../../src/ecdsa/ot/base-ot.ts';
import { extendChoices } from '../../src/ecdsa/ot/extension.ts';
import { BASE_TRANSFERS, BLOCK_BYTES, DIGEST_BYTES, parametersOf, WIDTH } from '../../src/ecdsa/parameters.ts';
import { curve, primitives } from '../ecdsa/network.ts';
import { seededRandom } from '../sharing/seeded-random.ts';

/**
 * Attacks on what one side of an oblivious transfer sees: a holder that looks for the chooser's choices in the
 * corrections, a chooser that looks for the holder's inputs in the masked values. Each is shown to work on transfers
 * that leak.
 */

const kernel = createWasmKernel();
const { columnBytes, factorBits } = parametersOf(curve);
const CORRECTIONS_BYTES = BASE_TRANSFERS * columnBytes;
const SESSION: MultiplicationSession = { curve, primitives, kernel, session: sha256Of('session') };

/** Base transfers as the ideal functionality gives them. */
function idealTransfers(seed: string) {
  const random = seededRandom(seed);
  const offered = { zero: random(BASE_TRANSFERS * BLOCK_BYTES), one: random(BASE_TRANSFERS * BLOCK_BYTES) };
  const delta = random(BLOCK_BYTES);
  const keys = Uint8Array.from(offered.zero, (byte, i) => {
    return bitAt(delta, Math.floor(i / BLOCK_BYTES)) === 1 ? (offered.one[i] as number) : byte;
  });
  return { offered, held: { delta, keys }, random };
}

const columnsOf = (corrections: Uint8Array): Uint8Array[] =>
  Array.from({ length: BASE_TRANSFERS }, (_, i) => corrections.slice(i * columnBytes, (i + 1) * columnBytes));
const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ (b[i] as number));
/** The corrections of a chooser's message in a multiplication, behind its nonce. */
const correctionsOf = (message: Uint8Array): Uint8Array =>
  message.slice(DIGEST_BYTES, DIGEST_BYTES + CORRECTIONS_BYTES);

/** With pads that repeat, the sum of two corrections is that of the choices, in every column. */
function choicesOfTwo(first: Uint8Array, second: Uint8Array): Uint8Array | undefined {
  const [sum, ...others] = columnsOf(xor(first, second)) as [Uint8Array, ...Uint8Array[]];
  return others.every((other) => equalBytes(other, sum)) ? sum : undefined;
}

/** With keys that are equal, corrections are choices. */
function choicesOfOne(corrections: Uint8Array): Uint8Array | undefined {
  return choicesOfTwo(corrections, new Uint8Array(corrections.length));
}

/** With pads that repeat, masked values of two answers differ by the difference of the inputs, in every row. */
function differenceOfInputs(first: Uint8Array, second: Uint8Array): bigint | undefined {
  const rows = [first, second].map((message) =>
    Array.from({ length: factorBits }, (_, row) => {
      const at = DIGEST_BYTES + row * WIDTH * curve.scalarBytes;
      return bytesToBigint(message.slice(at, at + curve.scalarBytes));
    }),
  ) as [bigint[], bigint[]];
  const differences = rows[0].map((value, i) => (value - (rows[1][i] as bigint) + curve.order) % curve.order);
  return differences.every((difference) => difference === differences[0]) ? differences[0] : undefined;
}

describe('a holder that looks for choices', () => {
  const { offered, random } = idealTransfers('choices');
  const [first, second] = [random(columnBytes), random(columnBytes)];

  it('sees nothing in two messages of one session, since their nonces differ', () => {
    const messages = [1, 2].map(() => correctionsOf(startChooser(SESSION, offered, random).message));
    expect(choicesOfTwo(messages[0]!, messages[1]!)).toBe(undefined);
    expect(choicesOfOne(messages[0]!)).toBe(undefined);
  });

  it('nor where everything but the nonce or the session is the same', () => {
    const nonces = [1, 2].map((nonce): RandomSource => {
      let draw = 0;
      return (length) => new Uint8Array(length).fill(draw++ === 0 ? nonce : 0x5a);
    });
    const [a, b] = nonces.map((source) => correctionsOf(startChooser(SESSION, offered, source).message));
    expect(choicesOfTwo(a!, b!)).toBe(undefined);
    const other: MultiplicationSession = { ...SESSION, session: sha256Of('other session') };
    const [c, d] = [SESSION, other].map((of) => correctionsOf(startChooser(of, offered, seededRandom('same')).message));
    expect(choicesOfTwo(c!, d!)).toBe(undefined);
  });

  it('sees the sum of the choices if a session repeats, which is why none does', () => {
    const of = { ...SESSION, columnBytes };
    const [a, b] = [first, second].map((choices) =>
      extendChoices(of, offered, choices).message.slice(0, CORRECTIONS_BYTES),
    );
    expect(choicesOfTwo(a!, b!)).toEqual(xor(first, second));
  });

  it('sees the choices if both keys of the transfers are equal', () => {
    const leaked = { zero: offered.zero, one: offered.zero };
    const { message } = extendChoices({ ...SESSION, columnBytes }, leaked, first);
    expect(choicesOfOne(message.slice(0, CORRECTIONS_BYTES))).toEqual(first);
  });

  it('finds no column that goes with the choices, over many sessions', () => {
    /** Deviations that none of 128 columns reaches by chance in a billion runs. */
    const SIGMAS = 7.5;
    const sessions = 8;
    const agreements = new Array<number>(BASE_TRANSFERS).fill(0);
    const ones = new Array<number>(BASE_TRANSFERS).fill(0);
    for (let i = 0; i < sessions; i++) {
      const { message, choices } = startChooser(SESSION, offered, random);
      columnsOf(correctionsOf(message)).forEach((column, at) => {
        for (let row = 0; row < 8 * columnBytes; row++) {
          ones[at] = (ones[at] as number) + bitAt(column, row);
          agreements[at] = (agreements[at] as number) + 1 - (bitAt(column, row) ^ bitAt(choices, row));
        }
      });
    }
    const count = sessions * 8 * columnBytes;
    const limit = SIGMAS * Math.sqrt(count / 4);
    for (const counts of [agreements, ones]) {
      for (const each of counts) expect(Math.abs(each - count / 2)).toBeLessThan(limit);
    }
  });
});

describe('a chooser that looks for inputs', () => {
  const { offered, held, random } = idealTransfers('inputs');
  const inputs = [7n, 8n].map((value) => [value ** 60n, value ** 70n]);
  const chooser = startChooser(SESSION, offered, random);
  const answer = (input: readonly bigint[], source: RandomSource) =>
    answerAsHolder(SESSION, held, input, chooser.message, source)!;

  it('sees nothing in two answers to one message, since their nonces differ', () => {
    const [a, b] = inputs.map((input) => answer(input, random).message);
    expect(differenceOfInputs(a!, b!)).toBe(undefined);
  });

  it('sees their difference if nonce and message repeat', () => {
    const [a, b] = inputs.map((input) => answer(input, seededRandom('the same nonce')).message);
    const difference = (inputs[0]![0]! - inputs[1]![0]!) % curve.order;
    expect(differenceOfInputs(a!, b!)).toBe((difference + curve.order) % curve.order);
  });
});

describe('weights of the correlation check', () => {
  const { offered, held, random } = idealTransfers('weights');
  const chooser = startChooser(SESSION, offered, random);

  /** The weights that a holder uses, and its message, if `tamper` changes the masked values before they are fixed. */
  function hold(inputs: readonly bigint[], tamper: (masked: Uint8Array) => Uint8Array = (masked) => masked) {
    const used: (readonly bigint[])[] = [];
    const cheating: MultiplicationKernel = {
      ...kernel,
      rowsOf: (of) => ({
        ...kernel.rowsOf(of),
        maskRows: (...masks) => tamper(kernel.rowsOf(of).maskRows(...masks)),
        combineRows: (pads, weights, chosen) => {
          used.push(weights);
          return kernel.rowsOf(of).combineRows(pads, weights, chosen);
        },
      }),
    };
    const of = { ...SESSION, kernel: cheating };
    const result = answerAsHolder(of, held, inputs, chooser.message, seededRandom('the same nonce'))!;
    return { weights: used[0]!, message: result.message };
  }

  it('are not known before the masked values are fixed, and differ for both inputs', () => {
    const [first, second] = [hold([1n, 2n]), hold([1n, 3n])];
    expect(first.weights).not.toEqual(second.weights);
    expect(new Set([...first.weights, ...second.weights]).size).toBe(4);
  });

  it('catch inputs that are shifted against each other where the chooser looks', () => {
    const place = Array.from({ length: factorBits }, (_, i) => i).find((i) => bitAt(chooser.choices, i) === 1)!;
    const at = (column: number) => (place * WIDTH + column) * curve.scalarBytes;
    const shift = (bytes: Uint8Array, column: number, by: bigint) => {
      const value = bytesToBigint(bytes.slice(at(column), at(column) + curve.scalarBytes));
      bytes.set(curve.encodeScalar((value + by + curve.order) % curve.order), at(column));
    };
    expect(finishChooser(SESSION, chooser, hold([1n, 2n]).message)).toBeDefined();
    const { message } = hold([1n, 2n], (masked) => {
      const changed = masked.slice();
      shift(changed, 0, 5n);
      shift(changed, 1, -5n);
      return changed;
    });
    expect(finishChooser(SESSION, chooser, message)).toBe(undefined);
  });

  it('are not asked where an encoding is not canonical, even at a place that the chooser does not use', () => {
    const unused = Array.from({ length: factorBits }, (_, i) => i).find((i) => bitAt(chooser.choices, i) === 0)!;
    const put = (value: bigint) => (masked: Uint8Array) => {
      const changed = masked.slice();
      changed.set(bigintToBytes(value, curve.scalarBytes), unused * WIDTH * curve.scalarBytes);
      return changed;
    };
    // Zero in two encodings, each before the weights are fixed. The guess that a place is not used may be right once.
    expect(finishChooser(SESSION, chooser, hold([1n, 2n], put(0n)).message)).toBeDefined();
    expect(finishChooser(SESSION, chooser, hold([1n, 2n], put(curve.order)).message)).toBe(undefined);
  });
});

describe('base transfers', () => {
  const session: BaseTransferSession = { curve, epochId: sha256Of('epoch'), sender: 1, receiver: 2 };
  const describeIn = (domain: string) =>
    new Transcript(domain)
      .append('curve', utf8(curve.name))
      .append('epoch', session.epochId)
      .appendU32('sender', session.sender)
      .appendU32('receiver', session.receiver);

  /** H of docs/spec/threshold-ecdsa.md §4, written anew. */
  function mask(position: number, branch: number, other: Uint8Array): Point {
    const transcript = describeIn('ecdsa/v1/base-transfer-mask')
      .appendU32('position', position)
      .appendU32('branch', branch)
      .append('other', other);
    for (let attempt = 0; ; attempt++) {
      const candidate = transcript.appendU32('attempt', attempt).digest();
      const sign = transcript.append('sign', candidate).digest();
      try {
        return curve.decodePoint(concatBytes(Uint8Array.of(2 + (sign[0]! & 1)), candidate));
      } catch {}
    }
  }

  it('are those of the specification, position for position: a receiver that was written from it gets its keys', () => {
    const random = seededRandom('base transfers');
    const sender = startBaseSender(session, random);
    const choices = Array.from({ length: BASE_TRANSFERS }, (_, i) => ((i * 5) % 3 === 0 ? 1 : 0));
    const exponents = choices.map(() => randomScalar(curve, random));
    const points = choices.flatMap((choice, i) => {
      const other = curve.encodePoint(curve.multiplyBase(randomScalar(curve, random)));
      const chosen = curve.add(curve.multiplyBase(exponents[i]!), curve.negate(mask(i, choice, other)));
      return choice === 0 ? [curve.encodePoint(chosen), other] : [other, curve.encodePoint(chosen)];
    });
    const keys = finishBaseSender(session, sender, concatBytes(...points));
    const digest = describeIn('ecdsa/v1/base-transfer')
      .append('sender', sender.message)
      .append('receiver', concatBytes(...points))
      .digest();
    const senderPoint = curve.decodePoint(sender.message);
    for (const [i, choice] of choices.entries()) {
      const key = new Transcript('ecdsa/v1/base-transfer-key')
        .append('messages', digest)
        .appendU32('position', i)
        .appendU32('branch', choice)
        .append('shared', curve.encodePoint(curve.multiply(senderPoint, exponents[i]!)))
        .digest()
        .slice(0, BLOCK_BYTES);
      const [mine, others] = (choice === 0 ? [keys.zero, keys.one] : [keys.one, keys.zero]).map((each) => {
        return each.slice(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
      });
      expect(mine).toEqual(key);
      expect(others).not.toEqual(key);
    }
  });
});
