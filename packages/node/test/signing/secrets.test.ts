import { inspect } from 'node:util';
import { SecretBytes, toHex } from '@keymesh/foundation';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { moveOut } from '../../src/stock/worker/moved-preparation.ts';
import { PreparationSource } from '../stock/preparations.ts';
import { requestOf, SessionBus } from './session-bus.ts';

/** Everything that was ever kept as a secret while the tests ran: shares, nonces, halves, transfers. */
const secrets = new Map<string, Uint8Array>();
let source: PreparationSource;
let bus: SessionBus;
const outputs: unknown[] = [];

beforeAll(async () => {
  const expose = SecretBytes.prototype.expose;
  vi.spyOn(SecretBytes.prototype, 'expose').mockImplementation(function (this: SecretBytes, use) {
    return expose.call(this, (bytes: Uint8Array) => {
      // The first 64 bytes are enough to find any; the entropy at the end of a half is public once it is open.
      const head = bytes.slice(0, Math.min(bytes.length, 64));
      if (!head.every((byte) => byte === 0)) secrets.set(toHex(head), head);
      return use(bytes);
    }) as never;
  });
  source = new PreparationSource({ parties: 3, threshold: 2, withSetups: true });
  bus = new SessionBus(source.bus.dealt, [1, 2]);
  for (const scheme of ['SchnorrEd25519Sha512', 'EcdsaK256Sha256'] as const) {
    for (const halves of source.make(scheme, [1, 2], 1, 2)) bus.stock(halves);
    const [moved] = source.make(scheme, [1, 2], 2);
    // So that its secret is known to the test.
    for (const half of moved?.values() ?? []) moveOut(half);
    const request = requestOf(scheme, { signers: [1, 2], leader: 1 });
    for (const party of [1, 2]) bus.ask(party, request);
    await bus.run();
    const failing = requestOf(scheme, { signers: [1, 2], leader: 1, number: 9 });
    // A leader of FROST needs nobody; of ECDSA it has bound its half by then.
    const asked = scheme === 'EcdsaK256Sha256' ? 1 : 2;
    bus.ask(asked, failing);
    await bus.run();
    await bus.wait(40_000);
    outputs.push(bus.outcome(1, request), bus.outcome(asked, failing));
  }
  source.bus.order(1, 'EcdsaK256Sha256', [1, 2]);
});
afterAll(() => {
  vi.restoreAllMocks();
});

/** A text of bytes in which bytes are found however they were printed. */
function findable(text: string): string {
  return text.replaceAll(/\s/g, '');
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? item.toString() : item)) ?? '';

function traces(text: string): string[] {
  const plain = findable(text);
  return [...secrets].flatMap(([hex, bytes]) => {
    const forms = [hex, bytes.join(','), json(bytes).slice(1, -1)];
    return forms.some((form) => plain.includes(form)) ? [hex] : [];
  });
}

describe('secrets of stock and signing', () => {
  it('are many, and would be found', () => {
    expect(secrets.size).toBeGreaterThan(20);
    const [[hex, bytes]] = [...secrets] as [[string, Uint8Array]];
    const options = { maxArrayLength: null, depth: null } as const;
    for (const text of [hex, inspect({ a: [bytes] }, options), json({ bytes })]) expect(traces(text)).toEqual([hex]);
  });

  it('are not in what is printed of makers, events, sessions, stocks, answers and errors', () => {
    const { makers, events } = source.bus;
    const everything = [...makers.values(), ...events.values(), ...bus.signers.values(), bus, ...outputs, source];
    for (const value of everything) {
      const options = { maxArrayLength: null, maxStringLength: null, depth: 20, showHidden: true } as const;
      expect(traces(inspect(value, options))).toEqual([]);
    }
    for (const value of [...events.values(), ...outputs]) expect(traces(json(value))).toEqual([]);
    expect(outputs.filter((output) => output instanceof Error).length).toBe(2);
  });
});
