import { concatBytes, sha256Of, Transcript } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import { bitAt, transposeBits } from '../../src/ecdsa/kernel/bit-matrix.ts';
import { referenceKernel as kernel } from '../../src/ecdsa/kernel/reference.ts';
import {
  answerAsHolder,
  finishChooser,
  holderMessageBytes,
  type MultiplicationSession,
  multiplicationSession,
  startChooser,
} from '../../src/ecdsa/multiplication.ts';
import {
  finishBaseReceiver,
  finishBaseSender,
  startBaseReceiver,
  startBaseSender,
} from '../../src/ecdsa/ot/base-ot.ts';
import { hashBlocks } from '../../src/ecdsa/ot/block-hash.ts';
import { extendChoices, extendHolder, extensionMessageBytes } from '../../src/ecdsa/ot/extension.ts';
import {
  BASE_TRANSFERS,
  BLOCK_BYTES,
  CHECK_COUNT,
  DIGEST_BYTES,
  parametersOf,
  WIDTH,
} from '../../src/ecdsa/parameters.ts';
import { noblePrimitives, type SymmetricPrimitives } from '../../src/ecdsa/primitives.ts';
import { scalarFromTranscript } from '../../src/ecdsa/scalar-from-transcript.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { curve, EPOCH, primitives } from './network.ts';

const { columnBytes: COLUMN_BYTES, factorBits: FACTOR_BITS, rows: ROWS } = parametersOf(curve);

/** Base transfers as the ideal functionality gives them: the extension does not see where they come from. */
function idealTransfers(seed: string) {
  const random = seededRandom(seed);
  const delta = random(BLOCK_BYTES);
  const offered = { zero: random(BASE_TRANSFERS * BLOCK_BYTES), one: random(BASE_TRANSFERS * BLOCK_BYTES) };
  const keys = new Uint8Array(BASE_TRANSFERS * BLOCK_BYTES);
  for (let i = 0; i < BASE_TRANSFERS; i++) {
    const from = bitAt(delta, i) === 1 ? offered.one : offered.zero;
    keys.set(from.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES), i * BLOCK_BYTES);
  }
  return { random, offered, held: { delta, keys } };
}

const extensionOf = (text: string) => ({
  primitives,
  kernel,
  session: sha256Of(text),
  columnBytes: COLUMN_BYTES,
});

const sessionOf = (text: string, over: Partial<MultiplicationSession> = {}): MultiplicationSession => ({
  curve,
  primitives,
  kernel,
  session: sha256Of(text),
  ...over,
});

describe('the parameters', () => {
  it('are those of the papers', () => {
    expect([FACTOR_BITS, CHECK_COUNT, WIDTH, BASE_TRANSFERS, ROWS]).toEqual([416, 1, 3, 128, 640]);
    expect(parametersOf(nobleCurves.p256)).toMatchObject({ factorBits: 416, rows: 640 });
    expect(parametersOf(nobleCurves.p384)).toMatchObject({ factorBits: 544, rows: 768 });
  });

  // 2^(pad bits) = a · order + b: the distance of a reduced pad from uniform is b · (order − b) / (order · 2^(pad bits)).
  it.each(['secp256k1', 'p256', 'p384'] as const)('make pads of %s uniform but for 2^-127', (name) => {
    const { order } = nobleCurves[name];
    const { padBytes, orderBits } = parametersOf(nobleCurves[name]);
    expect(order.toString(2).length).toBe(orderBits);
    const values = 1n << BigInt(8 * padBytes);
    const rest = values % order;
    expect((rest * (order - rest)) << 127n).toBeLessThan(order * values);
  });
});

describe('base transfers', () => {
  for (const over of [curve, nobleCurves.secp256k1]) {
    it(`give the receiver one key of each pair (${over.backend})`, () => {
      const session = { curve: over, epochId: EPOCH, sender: 1, receiver: 2 };
      const random = seededRandom('base');
      const sender = startBaseSender(session, random);
      const receiver = startBaseReceiver(session, random);
      const keys = finishBaseSender(session, sender, receiver.message);
      const held = finishBaseReceiver(session, receiver, sender.message);
      for (let i = 0; i < BASE_TRANSFERS; i++) {
        const block = (of: Uint8Array) => of.slice(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
        const [chosen, other] = bitAt(receiver.choices, i) === 1 ? [keys.one, keys.zero] : [keys.zero, keys.one];
        expect(block(held)).toEqual(block(chosen));
        expect(block(held)).not.toEqual(block(other));
      }
    });
  }

  it('belong to the epoch and to the two roles', () => {
    const session = { curve, epochId: EPOCH, sender: 1, receiver: 2 };
    const sender = startBaseSender(session, seededRandom('s'));
    const receiver = startBaseReceiver(session, seededRandom('r'));
    const held = finishBaseReceiver(session, receiver, sender.message);
    for (const other of [
      { ...session, epochId: sha256Of('epoch 2') },
      { ...session, sender: 2, receiver: 1 },
    ]) {
      const keys = finishBaseSender(other, sender, receiver.message);
      for (let i = 0; i < BASE_TRANSFERS; i++) {
        const block = (of: Uint8Array) => of.slice(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
        expect([block(keys.zero), block(keys.one)]).not.toContainEqual(block(held));
      }
    }
  });
});

describe('symmetric parts', () => {
  it('are the same over noble and OpenSSL', () => {
    const inputs = seededRandom('inputs')(5 * BLOCK_BYTES);
    const key = sha256Of('key');
    expect(hashBlocks({ primitives: noblePrimitives, kernel }, key, inputs, 3)).toEqual(
      hashBlocks({ primitives, kernel }, key, inputs, 3),
    );
  });

  it('hash each input with its position, its block and its key', () => {
    const twice = new Uint8Array(2 * BLOCK_BYTES).fill(7);
    const hashed = hashBlocks({ primitives, kernel }, sha256Of('key'), twice, 2);
    const blocks = [0, 1, 2, 3].map((i) => hashed.slice(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES).join());
    expect(new Set(blocks).size).toBe(4);
    expect(hashBlocks({ primitives, kernel }, sha256Of('other key'), twice, 2)).not.toEqual(hashed);
  });

  it('transpose', () => {
    const matrix = seededRandom('matrix')((64 * 96) / 8);
    const transposed = transposeBits(matrix, 64, 96);
    for (let row = 0; row < 64; row++) {
      for (let column = 0; column < 96; column++) {
        const there = bitAt(transposed.subarray((column * 64) / 8), row);
        expect(there).toBe(bitAt(matrix.subarray((row * 96) / 8), column));
      }
    }
  });

  it('hash columns as the field says', () => {
    const random = seededRandom('universal');
    const key = random(COLUMN_BYTES - BLOCK_BYTES);
    const rows = random(ROWS * BLOCK_BYTES);
    const hashed = transposeBits(kernel.hashColumns(key, rows), 128, 128);
    const columns = transposeBits(rows, ROWS, 128);
    const number = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const multiply = (a: bigint, b: bigint) => {
      let product = 0n;
      for (let i = 127n; i >= 0n; i--) {
        product <<= 1n;
        if (product >> 128n) product ^= (1n << 128n) | 0x87n;
        if ((b >> i) & 1n) product ^= a;
      }
      return product;
    };
    for (const column of [0, 1, 77, 127]) {
      const vector = columns.slice(column * COLUMN_BYTES, (column + 1) * COLUMN_BYTES);
      const block = (of: Uint8Array, i: number) => number(of.slice(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
      let expected = block(vector, 4);
      for (let i = 0; i < 4; i++) expected ^= multiply(block(key, i), block(vector, i));
      expect(block(hashed, column)).toBe(expected);
      expect(number(kernel.hashVector(key, vector))).toBe(expected);
    }
  });
});

describe('the extension', () => {
  it('correlates each row with the choice', () => {
    const { offered, held, random } = idealTransfers('correlate');
    const of = extensionOf('session');
    const choices = random(COLUMN_BYTES);
    const { message, rows } = extendChoices(of, offered, choices);
    const other = extendHolder(of, held.delta, held.keys, message) as Uint8Array;
    for (let j = 0; j < ROWS; j++) {
      for (let i = 0; i < BLOCK_BYTES; i++) {
        const shift = bitAt(choices, j) * (held.delta[i] as number);
        expect((other[j * BLOCK_BYTES + i] as number) ^ (rows[j * BLOCK_BYTES + i] as number)).toBe(shift);
      }
    }
  });

  // With another key for a column the chooser's corrections for it belong to other choices, before the challenge is
  // made: what a cheating chooser would do to learn that bit of Δ.
  it.each([1, 2, 5])('catches other choices in %i columns, unless all those bits of Δ are guessed', (count) => {
    for (let trial = 0; trial < 24; trial++) {
      const { offered, held, random } = idealTransfers(`cheat ${count} ${trial}`);
      const of = extensionOf('session');
      const columns = Array.from({ length: count }, (_, i) => 7 + 20 * i);
      const one = offered.one.slice();
      for (const column of columns) one.set(random(BLOCK_BYTES), column * BLOCK_BYTES);
      const { message } = extendChoices(of, { zero: offered.zero, one }, random(COLUMN_BYTES));
      const guessed = columns.every((column) => bitAt(held.delta, column) === 0);
      expect(extendHolder(of, held.delta, held.keys, message) !== undefined).toBe(guessed);
    }
  });

  it('stretches the keys anew for each session, so that corrections never show two choices against each other', () => {
    const { offered, random } = idealTransfers('sessions');
    const choices = random(COLUMN_BYTES);
    const [first, second] = ['a', 'b'].map((name) =>
      extendChoices(extensionOf(name), offered, choices).message.slice(0, COLUMN_BYTES),
    );
    expect(first).not.toEqual(second);
  });

  it('challenges with a hash of the corrections, so that these cannot be fitted to the challenge', () => {
    const { offered, held, random } = idealTransfers('fitted');
    held.delta.fill(0xff);
    held.keys.set(offered.one);
    const of = extensionOf('session');
    const choices = random(COLUMN_BYTES);
    const { message } = extendChoices(of, offered, choices);
    const end = BASE_TRANSFERS * COLUMN_BYTES;
    const transcript = new Transcript('ecdsa/v1/extension-check')
      .append('session', of.session)
      .append('corrections', sha256Of(message.slice(0, end)));
    const key = concatBytes(...[0, 1].map((part) => transcript.appendU32('part', part).digest()));
    expect(message.slice(end, end + BLOCK_BYTES)).toEqual(kernel.hashVector(key, choices));
    // Under this challenge a change of x by (1, 0, 0, 0, χ_1) would not show.
    const fitted = message.slice();
    fitted[0] = (fitted[0] as number) ^ 1;
    for (let i = 0; i < BLOCK_BYTES; i++) {
      const at = COLUMN_BYTES - BLOCK_BYTES + i;
      fitted[at] = (fitted[at] as number) ^ (key[i] as number);
    }
    expect(extendHolder(of, held.delta, held.keys, fitted)).toBeUndefined();
  });

  it('catches any later change and any other session', () => {
    const { offered, held, random } = idealTransfers('change');
    held.delta.fill(0xff);
    held.keys.set(offered.one);
    const of = extensionOf('session');
    const { message } = extendChoices(of, offered, random(COLUMN_BYTES));
    expect(extendHolder(of, held.delta, held.keys, message)).toBeDefined();
    expect(extendHolder({ ...of, session: sha256Of('other') }, held.delta, held.keys, message)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.nat({ max: extensionMessageBytes(COLUMN_BYTES) - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const changed = message.slice();
          changed[at] = (changed[at] as number) ^ change;
          expect(extendHolder(of, held.delta, held.keys, changed)).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('the multiplication', () => {
  const inputs = [123456789n, curve.order - 5n];

  function multiply(seed: string, holderPrimitives: SymmetricPrimitives = primitives) {
    const { offered, held, random } = idealTransfers(seed);
    const of = sessionOf(seed);
    const chooser = startChooser(of, offered, random);
    const result = answerAsHolder({ ...of, primitives: holderPrimitives }, held, inputs, chooser.message, random);
    return { of, chooser, result: result as NonNullable<typeof result>, held, offered, random };
  }

  it('gives shares of both products', () => {
    const { of, chooser, result } = multiply('products');
    const parts = finishChooser(of, chooser, result.message) as readonly bigint[];
    inputs.forEach((input, i) => {
      const sum = (result.products[i] as bigint) + (parts[i] as bigint);
      expect(sum % curve.order).toBe((input * chooser.factor) % curve.order);
    });
    expect(result.message.length).toBe(holderMessageBytes(curve));
  });

  it('has the same result over noble', () => {
    const { of, chooser, result } = multiply('noble', noblePrimitives);
    expect(finishChooser(of, chooser, result.message)).toBeDefined();
  });

  // The weights are a hash of the masked values; changing these while they are hashed is multiplying another input
  // at one place, before the challenge is made.
  it('catches another input at one place whenever the chooser uses that place', () => {
    const outcomes = new Set<boolean>();
    for (let trial = 0; trial < 12; trial++) {
      const place = 30 * trial + 3;
      const liar: SymmetricPrimitives = {
        ...primitives,
        sha256(bytes) {
          const last = (place * WIDTH + 1) * 32 - 1;
          if (bytes.length === FACTOR_BITS * WIDTH * 32) bytes[last] = (bytes[last] as number) ^ 1;
          return primitives.sha256(bytes);
        },
      };
      const { of, chooser, result } = multiply(`liar ${trial}`, liar);
      const isUsed = bitAt(chooser.choices, place) === 1;
      outcomes.add(isUsed);
      expect(finishChooser(of, chooser, result.message) === undefined).toBe(isUsed);
    }
    expect(outcomes.size).toBe(2);
  });

  // With known weights θ, changes of an input by e and of the check value by −θ·e in one row would cancel in the check.
  it.each(['the honest values', 'nothing'])('has weights that nobody knows in time: fitted to those of %s', (guess) => {
    let used = 0;
    for (let trial = 0; trial < 8; trial++) {
      const { of, chooser, result } = multiply(`fitted ${trial}`);
      const masked = result.message.slice(DIGEST_BYTES, DIGEST_BYTES + FACTOR_BITS * WIDTH * 32);
      const padKey = new Transcript('ecdsa/v1/multiplication-pads')
        .append('session', of.session)
        .append('chooser', sha256Of(chooser.message))
        .append('nonce', result.message.slice(0, DIGEST_BYTES))
        .digest();
      const weight = scalarFromTranscript(
        curve,
        new Transcript('ecdsa/v1/multiplication-weights')
          .append('session', padKey)
          .append('masked', guess === 'nothing' ? new Uint8Array(0) : sha256Of(masked))
          .appendU32('input', 0),
      );
      const place = Array.from({ length: FACTOR_BITS }, (_, row) => row).find(
        (row) => bitAt(chooser.choices, row) === 1,
      );
      const fitted = result.message.slice();
      const add = (column: number, change: bigint) => {
        const at = DIGEST_BYTES + ((place as number) * WIDTH + column) * 32;
        const value = curve.decodeScalar(fitted.slice(at, at + 32)) + change;
        fitted.set(curve.encodeScalar(((value % curve.order) + curve.order) % curve.order), at);
      };
      add(0, 1n);
      add(2, -weight);
      used += finishChooser(of, chooser, fitted) === undefined ? 0 : 1;
    }
    expect(used).toBe(0);
  });

  it('catches changes of nonce, check value and check digest', () => {
    const { of, chooser, result } = multiply('changes');
    const { length } = result.message;
    for (const at of [0, length - 1, length - DIGEST_BYTES - 1]) {
      const changed = result.message.slice();
      changed[at] = (changed[at] as number) ^ 1;
      expect(finishChooser(of, chooser, changed)).toBeUndefined();
    }
  });

  it('refuses scalars that are not reduced', () => {
    const { of, chooser, result } = multiply('scalars');
    for (const at of [DIGEST_BYTES, result.message.length - DIGEST_BYTES - 32]) {
      const changed = result.message.slice();
      changed.fill(0xff, at, at + 32);
      expect(finishChooser(of, chooser, changed)).toBeUndefined();
    }
  });

  it('has another session on another curve, in another run and in other roles', () => {
    const roles = { holder: 1, chooser: 2 };
    const sessions = [
      multiplicationSession(primitives, curve, EPOCH, roles),
      multiplicationSession(primitives, nobleCurves.p256, EPOCH, roles),
      multiplicationSession(primitives, curve, sha256Of('other'), roles),
      multiplicationSession(primitives, curve, EPOCH, { holder: 2, chooser: 1 }),
    ];
    expect(new Set(sessions.map(String)).size).toBe(4);
  });

  it('is bound to its session', () => {
    const { chooser, result, held, random } = multiply('bound');
    expect(finishChooser(sessionOf('other'), chooser, result.message)).toBeUndefined();
    expect(answerAsHolder(sessionOf('other'), held, inputs, chooser.message, random)).toBeUndefined();
  });

  it('never repeats a pad, even when the chooser repeats its message', () => {
    const { of, chooser, held, random } = multiply('repeat');
    const masked = [inputs, [999n, inputs[1] as bigint]].map((values) => {
      const answer = answerAsHolder(of, held, values, chooser.message, random) as { message: Uint8Array };
      return Array.from({ length: 8 }, (_, row) => {
        const at = DIGEST_BYTES + row * WIDTH * 32;
        return curve.decodeScalar(answer.message.slice(at, at + 32));
      });
    });
    const differences = masked[0]?.map((value, row) => value - (masked[1]?.[row] as bigint));
    // With equal pads every row would show the difference of the inputs.
    expect(new Set(differences).size).toBe(8);
  });
});
