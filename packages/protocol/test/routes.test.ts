import { fromHex, KeymeshError, toHex } from '@keymesh/foundation';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../src/errors.ts';
import {
  COMMITTEE_SIZE_MAX,
  MESSAGE_BYTES_MAX,
  PRESIGNATURE_RECORD_BYTES_MAX,
  SEALED_PLAINTEXT_BYTES_MAX,
} from '../src/limits.ts';
import {
  decryptRequestIdentity,
  errorBodySchema,
  type HandshakeStatement,
  handshakeDigest,
  httpStatusOf,
  leaderOf,
  parseJson,
  parseMessage,
  type RequestOf,
  type ResponseOf,
  ROUTES,
  type RouteName,
  signingSessionId,
  signRequestIdentity,
  verifyHandshake,
} from '../src/routes/index.ts';
import { SCHEME_NAMES, SCHEMES } from '../src/schemes/index.ts';
import { codeOf, seededRandom } from './random.ts';

const hex = (bytes: number, digit = 'a') => digit.repeat(2 * bytes);
const authSig = { sig: 'aa', derivedVia: 'litSessionSignViaNacl', signedMessage: '{}', address: 'bb', algo: 'ed25519' };
const block = { number: 12, hash: `0x${hex(32)}` };
const statement: HandshakeStatement = {
  nodeAddress: `0x${hex(20)}`,
  party: 2,
  epoch: 3,
  version: '0.1.0',
  networkPublicKeyPackage: hex(100),
  transcriptDigest: hex(32, '1'),
  executionId: hex(32, '2'),
  resultHash: hex(32, '3'),
  meshIdentity: hex(32, '4'),
  sealingKey: hex(32, '5'),
  latestBlock: block,
};
const signing: RequestOf<'sign'> = {
  authSig,
  epoch: 3,
  tokenId: `0x${hex(32)}`,
  scheme: 'SchnorrEd25519Sha512',
  message: '00ff',
  signers: [1, 4],
  requestId: 'request-1',
};
const decryption: RequestOf<'decrypt'> = {
  authSig,
  accessControlConditions: [
    {
      contractAddress: '',
      chain: 'ethereum',
      standardContractType: '',
      method: '',
      parameters: [':userAddress'],
      returnValueTest: { comparator: '=', value: `0x${hex(20)}` },
    },
  ],
  dataToEncryptHash: hex(32),
  chain: 'ethereum',
  epoch: 3,
  requestId: 'request-1',
};

const EXAMPLES: { [Name in RouteName]: { request: RequestOf<Name>; response: ResponseOf<Name> } } = {
  health: { request: {}, response: { status: 'ok', version: '0.1.0', bootId: hex(16) } },
  ready: { request: {}, response: { ready: true, epoch: 1, party: 1 } },
  handshake: { request: { challenge: hex(32) }, response: { ...statement, signature: hex(64) } },
  sign: { request: signing, response: { party: 1, share: hex(32), publicKey: hex(32) } },
  execute: {
    request: { authSig, epoch: 3, code: 'x', jsParams: '{}', signers: [1, 2], requestId: 'request-1' },
    response: {
      party: 1,
      cid: 'Qm',
      response: '',
      logs: '',
      steps: ['fetch GET'],
      signatures: {
        a: {
          ...{ tokenId: `0x${hex(32)}`, scheme: 'EcdsaK256Sha256', message: hex(32), name: 'a/0' },
          ...{ share: hex(32), publicKey: hex(33) },
        },
      },
      claims: { alice: { derivedKeyId: hex(32), signature: `0x${hex(65)}` } },
    },
  },
  decrypt: { request: decryption, response: { party: 1, share: hex(96), blocks: { ethereum: block } } },
};
const PARTIES = Array.from({ length: COMMITTEE_SIZE_MAX }, (_, i) => i + 1);
const NAMES = Object.keys(ROUTES) as RouteName[];

describe('every route', () => {
  it.each(NAMES)('%s takes its examples as they are and refuses an unknown or missing key', (name) => {
    for (const part of ['request', 'response'] as const) {
      const example = EXAMPLES[name][part];
      const read = (value: unknown) => parseMessage(ROUTES[name][part], value, 'message');
      expect(read(example)).toEqual(example);
      expect(codeOf(() => read({ ...example, extra: 1 }))).toBe('wire/malformed');
      for (const key of Object.keys(example)) {
        const { [key as keyof typeof example]: _, ...rest } = example;
        expect(
          codeOf(() => read(rest)),
          key,
        ).toBe('wire/malformed');
      }
    }
  });

  it.each(NAMES)('%s gives errors of ours for anything', (name) => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 4 }), fc.string(), (value, text) => {
        for (const part of ['request', 'response'] as const) {
          codeOf(() => parseMessage(ROUTES[name][part], value, 'message'));
          codeOf(() => parseJson(ROUTES[name][part], text, 'message'));
        }
      }),
    );
  });

  it('has its own path, and is in the table under its name', () => {
    expect(new Set(NAMES.map((name) => `${ROUTES[name].method} ${ROUTES[name].path}`)).size).toBe(NAMES.length);
    for (const name of NAMES) expect(ROUTES[name].name).toBe(name);
  });
});

describe('fields', () => {
  const sign = (changes: object) => codeOf(() => parseMessage(ROUTES.sign.request, { ...signing, ...changes }, 'm'));
  it.each<[string, object]>([
    ['upper-case hex', { message: 'FF' }],
    ['hex with 0x', { message: '0xff' }],
    ['half a byte', { message: 'fff' }],
    ['a message that is too long', { message: hex(MESSAGE_BYTES_MAX + 1) }],
    ['a token id in upper case', { tokenId: `0x${hex(32, 'A')}` }],
    ['an epoch that is no integer', { epoch: 1.5 }],
    ['a negative epoch', { epoch: -1 }],
    ['an epoch beyond safe integers', { epoch: 2 ** 53 }],
    ['an unknown scheme', { scheme: 'toString' }],
    ['a party twice', { signers: [1, 1] }],
    ['parties out of order', { signers: [2, 1] }],
    ['party 0', { signers: [0] }],
    ['a party beyond the committee', { signers: [COMMITTEE_SIZE_MAX + 1] }],
    ['no signers for a frost scheme', { signers: [] }],
    ['signers for a bls scheme', { scheme: 'Bls12381' }],
    ['a request id with a line break', { requestId: 'request-1\nx' }],
    ['a short request id', { requestId: 'r' }],
  ])('%s is refused', (_, changes) => expect(sign(changes)).toBe('wire/malformed'));

  it('the longest message and an empty set for bls are taken', () => {
    expect(sign({ message: hex(MESSAGE_BYTES_MAX) })).toBe('no error');
    expect(sign({ scheme: 'Bls12381', signers: [] })).toBe('no error');
  });

  it('the largest signing request fits into a sealed body', () => {
    const request = {
      ...signing,
      message: hex(MESSAGE_BYTES_MAX),
      signers: PARTIES,
      authSig: { ...authSig, signedMessage: '"'.repeat(32 * 1024) },
    };
    expect(sign(request)).toBe('no error');
    expect(JSON.stringify(request).length).toBeLessThan(SEALED_PLAINTEXT_BYTES_MAX);
  });

  it('the largest answer to a signing request is taken and fits into a sealed body', () => {
    const response = {
      party: 1,
      share: hex(96),
      publicKey: hex(57),
      frost: { id: hex(32), commitments: PARTIES.map((party) => ({ party, hiding: hex(57), binding: hex(57) })) },
      ecdsa: {
        record: hex(PRESIGNATURE_RECORD_BYTES_MAX),
        openings: PARTIES.map((party) => ({ party, entropy: hex(32) })),
      },
    };
    expect(parseMessage(ROUTES.sign.response, response, 'm')).toEqual(response);
    expect(JSON.stringify(response).length).toBeLessThan(SEALED_PLAINTEXT_BYTES_MAX);
  });

  const decrypt = (changes: object) =>
    codeOf(() => parseMessage(ROUTES.decrypt.request, { ...decryption, ...changes }, 'm'));
  it('a decryption carries conditions exactly once', () => {
    const { accessControlConditions: conditions } = decryption;
    expect(decrypt({ unifiedAccessControlConditions: conditions })).toBe('wire/malformed');
    const { accessControlConditions: _, ...without } = decryption;
    expect(codeOf(() => parseMessage(ROUTES.decrypt.request, without, 'm'))).toBe('wire/malformed');
    expect(decrypt({ accessControlConditions: [] })).toBe('wire/malformed');
  });

  it('an error never repeats what it refuses', () => {
    try {
      parseMessage(ROUTES.handshake.request, { challenge: 'my secret' }, 'handshake request');
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(ProtocolError);
      expect(JSON.stringify(thrown)).not.toContain('my secret');
      expect((thrown as ProtocolError).message).toContain('at challenge');
    }
  });

  it('conditions nested deeper than the engine can recurse are refused before they are walked', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const text = JSON.stringify({ ...decryption, accessControlConditions: 'HERE' }).replace('"HERE"', deep);
    expect(codeOf(() => parseJson(ROUTES.decrypt.request, text, 'm'))).toBe('wire/malformed');
  });
});

describe('the handshake', () => {
  const challenge = hex(32, 'c');
  const secret = seededRandom('mesh')(32);
  const own = { ...statement, meshIdentity: toHex(ed25519.getPublicKey(secret)) };
  const response = { ...own, signature: toHex(ed25519.sign(handshakeDigest(challenge, own), secret)) };

  it('is verified for its challenge and its every field', () => {
    expect(verifyHandshake(challenge, response)).toBe(true);
    expect(verifyHandshake(hex(32, 'd'), response)).toBe(false);
    const other: HandshakeStatement = {
      nodeAddress: `0x${hex(20, 'b')}`,
      party: 3,
      epoch: 4,
      version: '0.1.1',
      networkPublicKeyPackage: hex(99),
      transcriptDigest: hex(32, '2'),
      executionId: hex(32, '3'),
      resultHash: hex(32, '4'),
      meshIdentity: toHex(ed25519.getPublicKey(seededRandom('else')(32))),
      sealingKey: hex(32, '6'),
      latestBlock: { ...block, number: 13 },
    };
    for (const key of Object.keys(other) as (keyof HandshakeStatement)[]) {
      expect(verifyHandshake(challenge, { ...response, [key]: other[key] }), key).toBe(false);
    }
    const hash = `0x${hex(32, 'b')}`;
    expect(verifyHandshake(challenge, { ...response, latestBlock: { ...block, hash } })).toBe(false);
  });

  it('does not care for the letter case of the address', () => {
    const nodeAddress = `0x${hex(20, 'A')}`;
    expect(verifyHandshake(challenge, { ...response, nodeAddress })).toBe(true);
  });

  it('answers false for a key or signature that is none', () => {
    expect(verifyHandshake(challenge, { ...response, signature: hex(64, 'f') })).toBe(false);
    expect(verifyHandshake(challenge, { ...response, meshIdentity: hex(32, 'f') })).toBe(false);
  });
});

describe('the identity of a request', () => {
  const caller = `0x${hex(20)}`;
  const identity = (changes: object = {}, by = caller) => toHex(signRequestIdentity(by, { ...signing, ...changes }));

  it('covers caller and content, and neither the session nor the client-chosen id', () => {
    const all = [
      identity(),
      identity({}, `0x${hex(20, 'b')}`),
      identity({ epoch: 4 }),
      identity({ tokenId: `0x${hex(32, 'b')}` }),
      identity({ scheme: 'SchnorrK256Sha256' }),
      identity({ message: '00fe' }),
      identity({ signers: [1, 2, 4] }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(identity({ requestId: 'another-1', authSig: { ...authSig, sig: 'cc' } })).toBe(all[0]);
  });

  it('and the request id name a session, whose first four bytes choose the leader', () => {
    const one = signingSessionId(fromHex(identity()), 'request-1');
    expect(toHex(signingSessionId(fromHex(identity()), 'request-2'))).not.toBe(toHex(one));
    const session = (first: number) => Uint8Array.of(first, 0, 0, 2, 9, 9);
    expect(leaderOf(session(0), [3, 5, 8])).toBe(8);
    // 0xff000002 = 4278190082, which is 2 modulo 5: unsigned, and big-endian.
    expect(leaderOf(session(0xff), [1, 2, 3, 4, 6])).toBe(3);
  });

  it('of decryptions covers conditions, data, chain and epoch', () => {
    const content = { conditionsHash: hex(32), dataToEncryptHash: hex(32), chain: 'ethereum', epoch: 1 };
    const of = (changes: object) => toHex(decryptRequestIdentity(caller, { ...content, ...changes }));
    const all = [
      {},
      { conditionsHash: hex(32, 'b') },
      { dataToEncryptHash: hex(32, 'b') },
      { chain: 'base' },
      { epoch: 2 },
    ];
    expect(new Set(all.map(of)).size).toBe(all.length);
  });
});

describe('errors on the wire', () => {
  it.each([
    ['wire/malformed', 400],
    ['session/expired', 401],
    ['session/bad-signature', 401],
    ['delegation/expired', 401],
    ['delegation/not-granted', 403],
    ['session/capability-missing', 403],
    ['conditions/denied', 403],
    ['permissions/denied', 403],
    ['wire/unknown-route', 404],
    ['wire/stale-epoch', 409],
    ['wire/replayed', 409],
    ['nonce/unknown', 409],
    ['nonce/too-many', 429],
    ['wire/too-large', 413],
    ['session/wrong-node', 421],
    ['sealing/not-authentic', 421],
    ['sealing/expired', 400],
    ['wire/too-many-requests', 429],
    ['node/not-ready', 503],
    ['constructor', 400],
    ['toString/x', 400],
  ])('%s has status %i', (code, status) => expect(httpStatusOf({ code, fault: 'caller' })).toBe(status));

  it('without a line of their own follow the fault', () => {
    expect(httpStatusOf({ code: 'bug/unexpected', fault: 'bug' })).toBe(500);
    expect(httpStatusOf({ code: 'store/full', fault: 'environment' })).toBe(503);
  });

  it('have one body, which holds what an error serialises to', () => {
    const error = new KeymeshError('A sentence.', {
      code: 'frost/bad-share',
      fault: 'peer',
      hint: 'Go on.',
      culprits: [3],
      details: { limit: 1, names: ['a'], on: true },
    });
    const body = JSON.parse(JSON.stringify({ error, requestId: 'request-1' }));
    expect(parseMessage(errorBodySchema, body, 'error')).toEqual(body);
    expect(codeOf(() => parseMessage(errorBodySchema, { ...body, stack: '' }, 'error'))).toBe('wire/malformed');
  });
});

describe('the table of schemes', () => {
  it('has the names of the specification', () => {
    expect(SCHEME_NAMES).toEqual([
      'EcdsaK256Sha256',
      'EcdsaP256Sha256',
      'EcdsaP384Sha384',
      'SchnorrEd25519Sha512',
      'SchnorrEd448Shake256',
      'SchnorrRistretto25519Sha512',
      'SchnorrK256Sha256',
      'SchnorrP256Sha256',
      'SchnorrP384Sha384',
      'SchnorrK256Taproot',
      'SchnorrRedJubjubBlake2b512',
      'SchnorrRedDecaf377Blake2b512',
      'SchnorrkelSubstrate',
      'Bls12381',
    ]);
  });

  it('commits to nonces exactly where there are two rounds', () => {
    for (const scheme of Object.values(SCHEMES)) expect(scheme.kind === 'frost').toBe(scheme.commitmentBytes > 0);
  });

  it('signs digests exactly where ECDSA does', () => {
    for (const scheme of Object.values(SCHEMES)) {
      expect(scheme.messageBytes !== undefined, scheme.root).toBe(scheme.kind === 'ecdsa');
    }
  });
});
