import { fromHex, type PartyIndex, toHex, utf8 } from '@keymesh/foundation';
import type { SignerCommitment } from '@keymesh/protocol/routes';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { accountSignatureMessage, nobleBls, verifyPartial } from '@keymesh/threshold/bls';
import { deriveTweak } from '@keymesh/threshold/derivation';
import {
  aggregate,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostScheme,
  frostSuites,
} from '@keymesh/threshold/frost';
import { evaluateCommitments } from '@keymesh/threshold/sharing';
import { ed25519 } from '@noble/curves/ed25519.js';
import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import type { ServingEpoch } from '../../src/requests/serving-epoch.ts';
import { SigningService } from '../../src/requests/signing-service.ts';
import { seededRandom, VirtualClock } from '../mesh/virtual-clock.ts';
import { dealEpoch } from './dealt-epoch.ts';
import { codeOf } from './expectations.ts';
import { KEY_ID } from './fake-keys.ts';

const N = 4;
const T = 3;
const OWNER = '0x00000000000000000000000000000000000000aa';
const message = utf8('pay nobody');
const dealt = dealEpoch(N, T);
const FROST = Object.keys(frostSuites) as readonly FrostScheme[];

interface Signer {
  readonly epoch: ServingEpoch;
  readonly service: SigningService;
}

function signerOf(party: PartyIndex, clock = new VirtualClock()): Signer {
  const service = new SigningService({ clock, random: seededRandom(party), bls: nobleBls });
  return { epoch: dealt.servingOf(party), service };
}

function round1(signers: readonly Signer[], scheme: FrostScheme, owner = OWNER): SignerCommitment[] {
  return signers.map(({ epoch, service }) => {
    const [made] = service.commit(epoch, owner, scheme, 1);
    if (made === undefined) throw new Error('no commitment');
    const { id, hiding, binding } = made;
    return { party: epoch.self, id, hiding, binding };
  });
}

function request(scheme: FrostScheme | 'Bls12381', commitments: readonly SignerCommitment[], owner = OWNER) {
  return { owner, tokenId: 42n, keyId: KEY_ID, scheme, message, commitments };
}

/** What a client does with the shares, here with the reference implementation of the verifier. */
function signatureOf(scheme: FrostScheme, commitments: readonly SignerCommitment[], shares: Uint8Array[]) {
  const { root: name } = SCHEMES[scheme];
  const { curve, commitments: root } = dealt.servingOf(1).root(name);
  const key = createGroupKey(curve, root, deriveTweak(name, KEY_ID));
  const decoded = commitments.map(({ party, hiding, binding }) => ({
    party,
    hiding: fromHex(hiding),
    binding: fromHex(binding),
  }));
  const suite = frostSuites[scheme];
  const context = createSigningContext({ suite, key, commitments: decodeCommitments(curve, decoded), message });
  const signature = aggregate(
    context,
    shares.map((share, i) => ({ party: commitments[i]?.party as PartyIndex, share })),
  );
  return { signature, publicKey: suite.encodePublicKey(key.encodedPublicKey) };
}

describe('a scheme of ECDSA', () => {
  it('is refused: these routes do not make its shares', async () => {
    const { epoch, service } = signerOf(1);
    const asked = { ...request('Bls12381', []), scheme: 'EcdsaK256Sha256' } as const;
    expect(await codeOf(() => service.sign(epoch, asked))).toBe('wire/bad-body');
  });
});

describe.each(FROST)('%s', (scheme) => {
  it.each([[[1, 2, 3]], [[2, 3, 4]], [[1, 2, 3, 4]]])('signers %j make a signature of the child key', (parties) => {
    const signers = parties.map((party) => signerOf(party));
    const commitments = round1(signers, scheme);
    const signed = signers.map(({ epoch, service }) => service.sign(epoch, request(scheme, commitments)));
    const shares = signed.map(({ share }) => share);
    const { signature, publicKey } = signatureOf(scheme, commitments, shares);
    for (const { publicKey: told } of signed) expect(toHex(told)).toBe(toHex(publicKey));
    if (scheme === 'SchnorrEd25519Sha512') expect(ed25519.verify(signature, message, publicKey)).toBe(true);
    if (scheme === 'SchnorrK256Taproot') expect(schnorr.verify(signature, sha256(message), publicKey)).toBe(true);
    expect(signers.map(({ service }) => service.noncesHeld)).toEqual(parties.map(() => 0));
  });
});

describe('nonces', () => {
  const scheme = 'SchnorrEd25519Sha512';
  const signers = () => [1, 2, 3].map((party) => signerOf(party));

  it('serve one request: neither the same nor another message gets a second share', async () => {
    const all = signers();
    const [first] = all as [Signer];
    const commitments = round1(all, scheme);
    first.service.sign(first.epoch, request(scheme, commitments));
    for (const again of [message, utf8('pay everybody')]) {
      const repeated = { ...request(scheme, commitments), message: again };
      expect(await codeOf(() => first.service.sign(first.epoch, repeated))).toBe('nonce/unknown');
    }
  });

  it('are gone before anything can go wrong with them', async () => {
    const all = signers();
    const [first] = all as [Signer];
    const commitments = round1(all, scheme);
    const [own, other, ...rest] = commitments as [SignerCommitment, SignerCommitment, SignerCommitment];
    // A coordinator that swaps the signer's own commitment gets no share, and the nonces are spent.
    const swapped = [{ ...own, hiding: other.hiding }, other, ...rest];
    expect(await codeOf(() => first.service.sign(first.epoch, request(scheme, swapped)))).toBe(
      'frost/own-commitment-missing',
    );
    expect(first.service.noncesHeld).toBe(0);
    expect(await codeOf(() => first.service.sign(first.epoch, request(scheme, commitments)))).toBe('nonce/unknown');
  });

  it('are not spent by a request that is refused for its form', async () => {
    const all = signers();
    const [first] = all as [Signer];
    const commitments = round1(all, scheme);
    const broken = commitments.map((item) => (item.party === 3 ? { ...item, binding: 'ff'.repeat(32) } : item));
    expect(await codeOf(() => first.service.sign(first.epoch, request(scheme, broken)))).toBe(
      'frost/invalid-commitment',
    );
    first.service.sign(first.epoch, request(scheme, commitments));
  });

  it('belong to the wallet and the scheme that asked', async () => {
    const all = signers();
    const [first] = all as [Signer];
    const commitments = round1(all, 'SchnorrK256Sha256');
    expect(
      await codeOf(() => first.service.sign(first.epoch, request('SchnorrK256Sha256', commitments, '0xother'))),
    ).toBe('nonce/unknown');
    expect(await codeOf(() => first.service.sign(first.epoch, request('SchnorrK256Taproot', commitments)))).toBe(
      'nonce/unknown',
    );
    first.service.sign(first.epoch, request('SchnorrK256Sha256', commitments));
  });

  it('of another node are of no use here', async () => {
    const all = signers();
    const [first] = all as [Signer];
    const commitments = round1(all, scheme);
    const foreign = commitments.map((item) =>
      item.party === 1 ? { ...(commitments[1] as typeof item), party: 1 } : item,
    );
    expect(await codeOf(() => first.service.sign(first.epoch, request(scheme, foreign)))).toBe('nonce/unknown');
  });

  it('are made for a request as a whole or not at all', async () => {
    const { epoch, service } = signerOf(1);
    for (let i = 0; i < 15; i += 1) service.commit(epoch, OWNER, scheme, 16);
    service.commit(epoch, OWNER, scheme, 10);
    expect(service.noncesHeld).toBe(250);
    expect(await codeOf(() => service.commit(epoch, OWNER, scheme, 16))).toBe('nonce/too-many');
    expect(service.noncesHeld).toBe(250);
    service.clear();
    expect(service.noncesHeld).toBe(0);
  });

  it('never come twice', () => {
    const { epoch, service } = signerOf(1);
    const made = service.commit(epoch, OWNER, scheme, 16);
    for (const part of ['id', 'hiding', 'binding'] as const) {
      expect(new Set(made.map((commitment) => commitment[part])).size).toBe(16);
    }
  });
});

describe('a signer set', () => {
  const scheme = 'SchnorrEd25519Sha512';

  it('must be large enough, within the committee, and hold this node', async () => {
    const all = [1, 2, 3, 4].map((party) => signerOf(party));
    const [first] = all as [Signer];
    const [one, two, three, four] = round1(all, scheme) as [
      SignerCommitment,
      SignerCommitment,
      SignerCommitment,
      SignerCommitment,
    ];
    const sets = [[one, two], [two, three, four], [one, two, { ...three, party: 5 }], []];
    for (const set of sets) {
      expect(await codeOf(() => first.service.sign(first.epoch, request(scheme, set)))).toBe(
        'signing/invalid-signer-set',
      );
    }
    expect(first.service.noncesHeld).toBe(1);
  });
});

describe('Bls12381', () => {
  it('any t shares make the one signature of the root key over token and message', () => {
    const signers = [1, 3, 4].map((party) => signerOf(party));
    const signed = signers.map(({ epoch, service }) => ({
      party: epoch.self,
      ...service.sign(epoch, request('Bls12381', [])),
    }));
    const root = dealt.servingOf(1).root('bls12381-sessions');
    const bytes = accountSignatureMessage(42n, message);
    for (const { party, share, publicKey } of signed) {
      const verifyingShare = root.curve.encodePoint(evaluateCommitments(root.curve, root.commitments, party));
      expect(verifyPartial(nobleBls, verifyingShare, bytes, { party, value: share })).toBe(true);
      expect(verifyPartial(nobleBls, verifyingShare, message, { party, value: share })).toBe(false);
      expect(toHex(publicKey)).toBe(toHex(dealt.rootPublicKey('bls12381-sessions')));
    }
  });
});
