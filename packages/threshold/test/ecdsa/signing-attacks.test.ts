import { inspect } from 'node:util';
import { SecretBytes, sha256Of, toHex } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  createSigningContext,
  decodeRecord,
  digestRequest,
  encodeRecord,
  PairTransfers,
  Presignature,
  signShare,
  verifyShare,
} from '../../src/ecdsa/index.ts';
import { committee, contextOf, curve, EPOCH, presign, presigningRuns, requestOf, run, setupRuns } from './network.ts';

const of = committee(3, 4);
const SIGNERS = [1, 2, 3];
const code = (name: string) => expect.objectContaining({ code: `ecdsa/${name}` });

function signed(seed: string, request = requestOf(seed)) {
  const presignatures = presign(of, SIGNERS, { seed });
  const context = contextOf(presignatures, request);
  const shares = SIGNERS.map((party) => ({
    party,
    share: signShare(context, presignatures.get(party) as Presignature),
  }));
  return { presignatures, context, shares };
}

describe('a presignature', () => {
  it('signs once', () => {
    const { presignatures, context } = signed('once');
    expect(presignatures.get(1)?.isUsed).toBe(true);
    expect(() => signShare(context, presignatures.get(1) as Presignature)).toThrowError(code('presignature-used'));
    expect(() => presignatures.get(1)?.bind(context.requestDigest)).toThrowError(code('presignature-used'));
  });

  it('opens its entropy for one request only', () => {
    const presignature = presign(of, SIGNERS, { seed: 'bound' }).get(1) as Presignature;
    const [first, second] = ['a', 'b'].map((text) => digestRequest(presignature.record, requestOf(text))) as [
      Uint8Array,
      Uint8Array,
    ];
    const opened = presignature.bind(first);
    expect(presignature.bind(first)).toEqual(opened);
    expect(() => presignature.bind(second)).toThrowError(code('presignature-used'));
  });

  it('signs nothing that it was not bound to, and is gone after the attempt', () => {
    const presignatures = presign(of, SIGNERS, { seed: 'other request' });
    const context = contextOf(presignatures, requestOf('asked'));
    const other = { ...context, requestDigest: digestRequest(context.record, requestOf('not asked')) };
    expect(() => signShare(other, presignatures.get(1) as Presignature)).toThrowError(code('presignature-used'));
    expect(() => signShare(context, presignatures.get(1) as Presignature)).toThrowError(code('presignature-used'));
  });

  it('signs nothing unbound', () => {
    const presignatures = presign(of, SIGNERS, { seed: 'unbound' });
    const again = presign(of, SIGNERS, { seed: 'unbound' });
    const context = contextOf(again, requestOf('unbound'));
    expect(() => signShare(context, presignatures.get(1) as Presignature)).toThrowError(code('presignature-used'));
  });

  it('binds every part of the request, the tweak included', () => {
    const { record } = presign(of, SIGNERS, { seed: 'parts' }).get(1) as Presignature;
    const request = requestOf('parts', 5n);
    const digests = [
      request,
      { ...request, id: sha256Of('other') },
      { ...request, digest: sha256Of('other') },
      { ...request, tweak: 6n },
    ].map((each) => toHex(digestRequest(record, each)));
    expect(new Set(digests).size).toBe(4);
  });

  it('of other signers does not fit', () => {
    const mine = presign(of, [1, 2, 3], { seed: 'set' });
    const others = presign(of, [1, 2, 4], { seed: 'set' });
    const request = requestOf('set');
    const context = contextOf(mine, request);
    contextOf(others, request);
    expect(() => signShare(context, others.get(1) as Presignature)).toThrowError(code('presignature-used'));
    expect(() => verifyShare(context, 4, new Uint8Array(32))).toThrowError(code('wrong-signers'));
  });

  it('of another epoch has another id and does not fit', () => {
    const epochId = sha256Of('epoch 2');
    const next = committee(3, 4, 'committee', epochId);
    const mine = presign(of, SIGNERS, { seed: 'epoch' });
    const others = presign(next, SIGNERS, { seed: 'epoch', epochId });
    const request = requestOf('epoch');
    const context = contextOf(mine, request);
    contextOf(others, request);
    expect(others.get(1)?.id).not.toEqual(mine.get(1)?.id);
    expect(() => signShare(context, others.get(1) as Presignature)).toThrowError(code('presignature-used'));
  });

  it('moves to another thread once, unless it is bound', () => {
    const presignatures = presign(of, SIGNERS, { seed: 'move' });
    const original = presignatures.get(1) as Presignature;
    const moved = original.moveOut();
    expect(original.isUsed).toBe(true);
    expect(() => original.moveOut()).toThrowError(code('presignature-used'));
    const arrived = Presignature.moveIn(curve, moved);
    expect(moved.isWiped).toBe(true);
    const context = contextOf(new Map(presignatures).set(1, arrived), requestOf('move'));
    expect(verifyShare(context, 1, signShare(context, arrived))).toBe(true);
    expect(() => presignatures.get(2)?.moveOut()).toThrowError(code('presignature-used'));
    expect(() => Presignature.moveIn(curve, new SecretBytes(sha256Of('no')))).toThrowError(code('malformed-state'));
  });

  it('can be discarded', () => {
    const presignature = presign(of, SIGNERS, { seed: 'discard' }).get(1) as Presignature;
    presignature.discard();
    expect(() => presignature.bind(sha256Of('x'))).toThrowError(code('presignature-used'));
  });
});

describe('re-randomisation', () => {
  const { context, presignatures } = signed('randomiser');
  const { record } = context;
  const request = requestOf('randomiser');

  it('changes the nonce of the presignature, and depends on request and presignature', () => {
    expect(context.encodedNonce).not.toEqual(curve.encodePoint(record.nonce));
    const again = presign(of, SIGNERS, { seed: 'randomiser' });
    const other = contextOf(again, { ...request, id: sha256Of('another caller') });
    expect(curve.equals(other.record.nonce, record.nonce)).toBe(true);
    expect(other.randomiser).not.toBe(context.randomiser);
  });

  it("depends on every signer's entropy, which nobody can choose afterwards", () => {
    const again = presign(of, SIGNERS, { seed: 'randomiser' });
    const openings = [...again].map(([party, each]) => ({ party, entropy: each.bind(digestRequest(record, request)) }));
    for (const liar of SIGNERS) {
      const changed = openings.map((each) => (each.party === liar ? { ...each, entropy: sha256Of('chosen') } : each));
      expect(() => createSigningContext(record, request, changed)).toThrowError(
        expect.objectContaining({ code: 'ecdsa/invalid-opening', fault: 'peer', culprits: [liar] }),
      );
    }
    for (const wrong of [openings.slice(1), [...openings, ...openings], [openings[0], openings[0], openings[1]]]) {
      expect(() => createSigningContext(record, request, wrong as typeof openings)).toThrowError(code('wrong-signers'));
    }
    expect(presignatures.size).toBe(3);
  });

  it.each([
    ['a short id', { id: new Uint8Array(31) }],
    ['a long digest', { digest: new Uint8Array(33) }],
    ['a tweak that is not reduced', { tweak: curve.order }],
    ['a negative tweak', { tweak: -1n }],
    ['the tweak that makes the key vanish', { tweak: curve.order - of.key.secret }],
  ])('refuses %s', (_name, change) => {
    expect(() => digestRequest(record, { ...request, ...change })).toThrowError(code('invalid-request'));
  });
});

describe('a wrong share', () => {
  const { context, shares } = signed('wrong share');
  const replaced = (party: number, share: Uint8Array) =>
    shares.map((each) => (each.party === party ? { party, share } : each));
  it.each([
    ['random', sha256Of('wrong')],
    ['zero', new Uint8Array(32)],
    ['not reduced', new Uint8Array(32).fill(255)],
    ['of the wrong length', new Uint8Array(31)],
    ['of another signer', shares[0]?.share as Uint8Array],
  ])('%s names its sender', (_name, share) => {
    for (const verifyShares of ['always', 'if-signature-fails'] as const) {
      expect(() => aggregate(context, replaced(2, share), { verifyShares })).toThrowError(
        expect.objectContaining({ code: 'ecdsa/invalid-share', fault: 'peer', culprits: [2] }),
      );
    }
  });

  it('names all who sent one, even if the wrong ones cancel out', () => {
    const shift = (party: number, by: bigint) => {
      const { share } = shares.find((each) => each.party === party) as (typeof shares)[number];
      return { party, share: curve.encodeScalar((curve.decodeScalar(share) + by + curve.order) % curve.order) };
    };
    const cancelling = [shift(1, 7n), shift(2, -7n), shift(3, 0n)];
    expect(() => aggregate(context, cancelling, { verifyShares: 'always' })).toThrowError(
      expect.objectContaining({ culprits: [1, 2] }),
    );
    // The signature is right all the same.
    expect(aggregate(context, cancelling).compact).toEqual(aggregate(context, shares).compact);
  });

  it('of another presignature or for another message is not valid', () => {
    const other = signed('another one');
    expect(verifyShare(context, 1, other.shares[0]?.share as Uint8Array)).toBe(false);
  });

  it('is not needed when one is missing: all signers or none', () => {
    expect(() => aggregate(context, shares.slice(1))).toThrowError(code('wrong-signers'));
    expect(() => aggregate(context, [...shares, ...shares])).toThrowError(code('wrong-signers'));
  });
});

describe('a record from an untrusted source', () => {
  const { record } = presign(of, SIGNERS, { seed: 'record' }).get(1) as Presignature;
  const encoded = encodeRecord(record);
  it.each([
    ['another root key', { ...record, rootKey: curve.generator }],
    ['another scale', { ...record, scale: 7n }],
    ['a zero scale', { ...record, scale: 0n }],
    ['signers in another order', { ...record, signers: [...record.signers].reverse() }],
    ['one signer fewer', { ...record, signers: record.signers.slice(1) }],
  ])('is refused with %s', (_name, wrong) => {
    expect(() => decodeRecord(curve, encodeRecord(wrong))).toThrowError(code('malformed-state'));
  });
  it('is refused when it is cut, longer, or of another version', () => {
    const longer = new Uint8Array(encoded.length + 1);
    longer.set(encoded);
    const otherVersion = encoded.slice();
    otherVersion[0] = 9;
    for (const bytes of [encoded.slice(1), encoded.slice(0, -1), longer, otherVersion, new Uint8Array(0)]) {
      expect(() => decodeRecord(curve, bytes)).toThrowError(code('malformed-state'));
    }
  });
});

describe('secrets', () => {
  it('are never printed', () => {
    const presignatures = presign(of, SIGNERS, { seed: 'print' });
    const pair = of.transfers.get(1)?.get(2) as PairTransfers;
    const setup = [...setupRuns([1, 2]).values()];
    const running = [...presigningRuns(of, SIGNERS).values()];
    for (const each of [...setup, ...running]) each.poke();
    const printed = [...presignatures.values(), pair, ...setup, ...running].map((each) => {
      const shown = [String(each), JSON.stringify(each), inspect(each, { depth: 9, showHidden: true })].join('\n');
      // A presignature's record is public; runs keep everything in private fields.
      return shown;
    });
    const secrets = [
      pair.expose(({ held }) => toHex(held.delta)),
      of.key.share(1).expose(toHex),
      String(of.key.secret),
      (presignatures.get(1) as Presignature).moveOut().expose((bytes) => toHex(bytes.slice(-96, -64))),
    ];
    for (const text of printed) {
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/Uint8Array\(\d+\) \[/);
    }
  });

  it('of a pair survive storage, and only in their own form', () => {
    const pair = of.transfers.get(1)?.get(2) as PairTransfers;
    const decoded = PairTransfers.decode(pair.encode());
    expect([decoded.self, decoded.peer, decoded.epochId]).toEqual([1, 2, EPOCH]);
    expect(decoded.encode().expose(toHex)).toBe(pair.encode().expose(toHex));
    const bytes = pair.encode().expose((each) => each.slice());
    const otherVersion = bytes.slice();
    otherVersion[0] = 9;
    for (const wrong of [bytes.slice(1), otherVersion, new Uint8Array(0)]) {
      expect(() => PairTransfers.decode(new SecretBytes(wrong))).toThrowError(code('malformed-state'));
    }
    decoded.burn();
    expect(() => decoded.encode()).toThrowError(code('pair-burnt'));
  });
});

describe('set-up', () => {
  it('names who sends what is no point, in either role', () => {
    const honest = run(setupRuns([1, 2])).deliveries.find(({ from, round }) => from === 1 && round === 1);
    expect(honest?.body.length).toBe(1 + 33 + 256 * 33);
    for (const at of [1, 1 + 33, 1 + 33 + 255 * 33]) {
      const { failures } = run(setupRuns([1, 2]), ({ from, round, body }) => {
        if (from === 1 && round === 1) body.fill(0, at, at + 33);
        return body;
      });
      expect(failures.get(2)).toMatchObject({ code: 'ecdsa/malformed-message', culprits: [1] });
    }
  });

  it('ends for a pair that did not see the same', () => {
    const { failures } = run(setupRuns([1, 2, 3]), ({ from, to, round, body }) => {
      if (from === 1 && to === 2 && round === 1) {
        // The two points of a transfer change places: each is still a point.
        const zero = body.slice(34, 67);
        body.copyWithin(34, 67, 100);
        body.set(zero, 67);
      }
      return body;
    });
    expect(failures.get(2)).toMatchObject({
      code: 'ecdsa/pair-check-failed',
      culprits: [1],
      details: { pair: [1, 2] },
    });
    expect(failures.has(3)).toBe(false);
  });

  it('ends for parties of different epochs', () => {
    const runs = setupRuns([1, 2]);
    const strangers = setupRuns([1, 2], { epochId: sha256Of('epoch 2') });
    const { failures } = run(new Map([...runs].slice(0, 1).concat([...strangers].slice(1))));
    expect(failures.get(1)).toMatchObject({ code: 'ecdsa/pair-check-failed', details: { check: 'setup' } });
  });
});
