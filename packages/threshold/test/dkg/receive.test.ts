import { inspect } from 'node:util';
import { SecretBytes, toHex } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { createKeyGeneration, type KeyGeneration } from '../../src/dkg/index.ts';
import { ROOT_KEYS } from '../../src/root-keys.ts';
import { Adversary } from './adversary.ts';
import { curves, outputsOf, parametersOf, run, setting } from './network.ts';

const TWO = setting(3, { participants: [1, 2] });
const finished = run(TWO);
const bodyOf = (party: number, round: number) => finished.sent.get(`${party}:${round}`)!;

/** Party 1's code after it sent its message of round 1. */
function started(): KeyGeneration {
  const protocol = createKeyGeneration(parametersOf(TWO, 1));
  protocol.poke();
  return protocol;
}

describe('receive', () => {
  it('ignores a repeat of the same bytes', () => {
    const protocol = started();
    for (let i = 0; i < 3; i++) protocol.receive(2, 1, bodyOf(2, 1));
    expect(protocol.poke()).toMatchObject({ kind: 'send', round: 2 });
  });

  it('keeps messages of later rounds', () => {
    const protocol = started();
    for (const round of [4, 3, 2]) protocol.receive(2, round, bodyOf(2, round));
    expect(protocol.poke()).toEqual({ kind: 'wait', round: 1, missing: [2] });
    protocol.receive(2, 1, bodyOf(2, 1));
    expect([1, 2, 3].map(() => protocol.poke().kind)).toEqual(['send', 'send', 'send']);
    const step = protocol.poke();
    expect(step.kind).toBe('done');
    expect(protocol.poke()).toEqual(step);
    if (step.kind === 'done') expect(step.output.resultHash).toEqual(outputsOf(finished).get(1)!.resultHash);
  });

  it('takes messages before the first poke', () => {
    const protocol = createKeyGeneration(parametersOf(TWO, 1));
    protocol.receive(2, 1, bodyOf(2, 1));
    expect([1, 2].map(() => protocol.poke())).toMatchObject([
      { kind: 'send', round: 1 },
      { kind: 'send', round: 2 },
    ]);
  });

  it('keeps no reference to the bytes it was given', () => {
    const protocol = started();
    const body = bodyOf(2, 1).slice();
    protocol.receive(2, 1, body);
    body.fill(0);
    expect(protocol.poke()).toMatchObject({ kind: 'send', round: 2 });
    protocol.receive(2, 2, bodyOf(2, 2));
    expect(protocol.poke()).toMatchObject({ kind: 'send', round: 3, body: bodyOf(1, 3) });
  });

  it('names one who sends other bytes for the same round, and goes on with the first', () => {
    const protocol = started();
    protocol.receive(2, 1, bodyOf(2, 1));
    expect(() => protocol.receive(2, 1, bodyOf(1, 1))).toThrow(
      expect.objectContaining({ code: 'dkg/equivocation', fault: 'peer', culprits: [2] }),
    );
    expect(protocol.poke()).toMatchObject({ kind: 'send', round: 2 });
  });

  it('names one who speaks well after a malformed message', () => {
    const protocol = started();
    expect(() => protocol.receive(2, 1, new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: 'dkg/malformed-message', culprits: [2] }),
    );
    expect(() => protocol.receive(2, 1, bodyOf(2, 1))).toThrow(expect.objectContaining({ code: 'dkg/equivocation' }));
  });

  it.each([0, 5, -1, 1.5])('refuses round %d and names the sender', (round) => {
    expect(() => started().receive(2, round, bodyOf(2, 1))).toThrow(
      expect.objectContaining({ code: 'dkg/unexpected-message', culprits: [2] }),
    );
  });

  it.each([0, 3, 4])('refuses a message of party %d, who takes no part, and blames nobody', (from) => {
    expect(() => started().receive(from, 1, bodyOf(2, 1))).toThrow(
      expect.objectContaining({ code: 'dkg/unexpected-message', culprits: [] }),
    );
  });

  it('ignores its own message when it comes back, and refuses one it never sent', () => {
    const protocol = started();
    protocol.receive(1, 1, bodyOf(1, 1));
    for (const [round, body] of [
      [1, bodyOf(2, 1)],
      [2, bodyOf(1, 2)],
    ] as const) {
      expect(() => protocol.receive(1, round, body)).toThrow(
        expect.objectContaining({ code: 'dkg/unexpected-message', culprits: [] }),
      );
    }
  });
});

describe('a run that is over', () => {
  it('throws the same error again and takes no more messages', () => {
    const attacked = new Adversary(TWO, finished);
    const protocol = started();
    protocol.receive(2, 1, attacked.honest(2, 1));
    protocol.poke();
    protocol.receive(2, 2, attacked.honest(2, 2));
    protocol.poke();
    expect(() => protocol.receive(2, 3, new Uint8Array(1))).toThrow();
    // It tells the others before it stops.
    expect(protocol.poke()).toMatchObject({ kind: 'send', round: 4 });
    for (let i = 0; i < 2; i++) {
      expect(() => protocol.poke()).toThrow(expect.objectContaining({ code: 'dkg/too-few-dealers', culprits: [2] }));
    }
    protocol.receive(2, 9, new Uint8Array(1));
  });

  it('is over when the driver abandons it', () => {
    const protocol = started();
    protocol.abandon();
    expect(() => protocol.poke()).toThrow(expect.objectContaining({ code: 'dkg/abandoned', fault: 'caller' }));
  });

  it('keeps its output when it is abandoned after its end', () => {
    const protocol = started();
    for (const round of [1, 2, 3, 4]) protocol.receive(2, round, bodyOf(2, round));
    for (let i = 0; i < 3; i++) protocol.poke();
    expect(protocol.poke().kind).toBe('done');
    protocol.abandon();
    const step = protocol.poke();
    if (step.kind !== 'done') throw new Error('not done');
    for (const { share } of step.output.shares) expect(share.isWiped).toBe(false);
  });
});

describe('secrets', () => {
  it('are not shown by printing, inspecting or serialising a run at any stage', () => {
    const protocol = createKeyGeneration(parametersOf(TWO, 1));
    const { encryptionSecret, dealing } = new Adversary(TWO, finished).secretsOf(1);
    const secrets = [encryptionSecret, ...dealing.polynomials.flat()].flatMap((secret) => [
      secret.toString(10),
      secret.toString(16),
    ]);
    for (const round of [1, 2, 3, 4]) {
      protocol.poke();
      const shown = [
        String(protocol),
        JSON.stringify(protocol),
        inspect(protocol, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
        Object.keys(protocol).join(),
      ].join('\n');
      expect(shown).toContain(`round ${round}`);
      for (const secret of secrets) expect(shown).not.toContain(secret);
      protocol.receive(2, round, bodyOf(2, round));
    }
  });

  it('leave a run only as SecretBytes', () => {
    const output = outputsOf(finished).get(1)!;
    for (const { name, share } of output.shares) {
      expect(share).toBeInstanceOf(SecretBytes);
      expect(share.length).toBe(curves[ROOT_KEYS[name].curve].scalarBytes);
    }
    const printed = JSON.stringify(output);
    for (const { share } of output.shares) expect(printed).not.toContain(share.expose(toHex));
    expect(inspect(output.shares, { depth: 9 })).toContain('[redacted]');
  });
});
