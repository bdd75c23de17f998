import { randomBytes } from 'node:crypto';
import { type Handlers, NodeError } from '@keymesh/node';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { jubjub } from '@noble/curves/misc.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { DECAF377_ORDER } from '../verifiers/decaf377.ts';

type SignRequest = Parameters<Handlers['sign']>[0];
type SignAnswer = Awaited<ReturnType<Handlers['sign']>>;

/** Orders of the groups that schemes sign in. */
const ORDER: Readonly<Record<string, bigint>> = {
  EcdsaK256Sha256: secp256k1.Point.Fn.ORDER,
  EcdsaP256Sha256: p256.Point.Fn.ORDER,
  EcdsaP384Sha384: p384.Point.Fn.ORDER,
  SchnorrEd25519Sha512: ed25519.Point.Fn.ORDER,
  SchnorrEd448Shake256: ed448.Point.Fn.ORDER,
  SchnorrRistretto25519Sha512: ristretto255.Point.Fn.ORDER,
  SchnorrK256Sha256: secp256k1.Point.Fn.ORDER,
  SchnorrP256Sha256: p256.Point.Fn.ORDER,
  SchnorrP384Sha384: p384.Point.Fn.ORDER,
  SchnorrK256Taproot: secp256k1.Point.Fn.ORDER,
  SchnorrRedJubjubBlake2b512: jubjub.Point.Fn.ORDER,
  SchnorrRedDecaf377Blake2b512: DECAF377_ORDER,
  SchnorrkelSubstrate: ristretto255.Point.Fn.ORDER,
};
/** Schemes that write scalars most significant byte first. */
const BIG_ENDIAN = /^(Ecdsa|SchnorrK256|SchnorrP256|SchnorrP384)/;

/** What it answered last for each scheme and signer set, to say it again. */
const answeredBefore = new Map<string, SignAnswer>();

/** A node that lies in one way. Each takes the honest handlers and replaces what the lie is about. */
export const LIES = {
  /** Tells the truth, so that a test can see that the rest of the liar is a good node. */
  none: (honest) => honest,

  /** Shares that are well formed and wrong: another scalar, another point of the right subgroup. */
  'wrong-shares': (honest) => ({
    ...signing(honest, (answer, { scheme }) => ({
      ...answer,
      share: scheme === 'Bls12381' ? randomG2() : randomScalar(scheme, answer.share.length / 2),
    })),
    decrypt: async (request, context) => ({ ...(await honest.decrypt(request, context)), share: randomG2() }),
  }),

  /** Shares of the right length that are no scalar and no point. */
  'garbage-shares': (honest) => ({
    ...signing(honest, (answer) => ({ ...answer, share: 'ff'.repeat(answer.share.length / 2) })),
    decrypt: async (request, context) => {
      const answer = await honest.decrypt(request, context);
      return { ...answer, share: 'ff'.repeat(answer.share.length / 2) };
    },
  }),

  /** No share at all. */
  'empty-shares': (honest) => ({
    ...signing(honest, (answer) => ({ ...answer, share: '' })),
    decrypt: async (request, context) => ({ ...(await honest.decrypt(request, context)), share: '' }),
  }),

  /** Sealed answers that are not those of the route. */
  'nonsense-answers': (honest) => ({
    ...honest,
    sign: async () => ({ nonsense: [1, { deep: null }] }) as never,
    decrypt: async () => 'nonsense' as never,
  }),

  /** Its own share under the name of party 3. */
  'wrong-party': (honest) => ({
    ...signing(honest, (answer) => ({ ...answer, party: 3 })),
    decrypt: async (request, context) => ({ ...(await honest.decrypt(request, context)), party: 3 }),
  }),

  /** A good share of the preparation, and other commitments or another record than it was made with. */
  'swapped-commitments': (honest) =>
    signing(honest, ({ frost, ecdsa, ...rest }) => ({
      ...rest,
      ...(frost && { frost: { ...frost, commitments: frost.commitments.map(swap) } }),
      // The entropy of two signers exchanged: neither is what was committed to in the record.
      ...(ecdsa && { ecdsa: { ...ecdsa, openings: exchangeEntropy(ecdsa.openings) } }),
    })),

  /** Commitments that are no points, and a record that is none. */
  'garbage-commitments': (honest) =>
    signing(honest, ({ frost, ecdsa, ...rest }) => ({
      ...rest,
      ...(frost && {
        frost: {
          ...frost,
          commitments: frost.commitments.map((one) => ({ ...one, hiding: 'ff'.repeat(one.hiding.length / 2) })),
        },
      }),
      ...(ecdsa && { ecdsa: { ...ecdsa, record: 'ff'.repeat(ecdsa.record.length / 2) } }),
    })),

  /** A share, and nothing about what it was made with. */
  'no-commitments': (honest) => signing(honest, ({ frost: _, ecdsa: __, ...rest }) => rest),

  /** Another id for the preparation, an opening too few. */
  'other-preparation': (honest) =>
    signing(honest, ({ frost, ecdsa, ...rest }) => ({
      ...rest,
      ...(frost && { frost: { ...frost, commitments: frost.commitments.slice(1) } }),
      ...(ecdsa && { ecdsa: { ...ecdsa, openings: ecdsa.openings.slice(1) } }),
    })),

  /** What it answered to the request before this one, all of it genuine. */
  'answers-again': (honest) => ({
    ...honest,
    sign: async (request, context) => {
      const key = `${request.scheme}/${request.signers.join()}`;
      const before = answeredBefore.get(key);
      const answer = await honest.sign(request, context);
      answeredBefore.set(key, answer);
      return before ?? { ...answer, share: '' };
    },
  }),

  /** A public key of its own in each answer. No client needs it, so none is misled. */
  'foreign-public-key': (honest) =>
    signing(honest, (answer) => ({ ...answer, publicKey: randomBytes(answer.publicKey.length / 2).toString('hex') })),

  /** A handshake with public keys that nobody voted for. */
  'wrong-keys': (honest) => ({
    ...honest,
    handshake: async (request, context) => {
      const said = await honest.handshake(request, context);
      return { ...said, transcriptDigest: randomBytes(32).toString('hex') };
    },
  }),

  /** Refuses whom it must serve. No lie that can be proven: the request goes on without it. */
  refuses: (honest) => ({ ...honest, sign: refuse, decrypt: refuse }),

  /** Blames the others, who have done nothing. */
  accuses: (honest) => ({
    ...honest,
    sign: async ({ signers }, _context) => {
      throw new NodeError('The others are silent, says a node that lies.', {
        code: 'signing/signer-silent',
        fault: 'peer',
        culprits: signers,
      });
    },
  }),

  /** Takes requests and never answers. */
  silent: (honest) => ({ ...honest, sign: never, decrypt: never }),

  /** Fails in a way that a node must not. */
  crashes: (honest) => ({ ...honest, sign: crash, decrypt: crash }),
} as const satisfies Record<string, (honest: Handlers) => Handlers>;

export type LieName = keyof typeof LIES;

/** Takes part in the signature as it should, and then says something else. */
function signing(honest: Handlers, change: (answer: SignAnswer, request: SignRequest) => SignAnswer): Handlers {
  return { ...honest, sign: async (request, context) => change(await honest.sign(request, context), request) };
}

function swap<T extends { readonly hiding: string; readonly binding: string }>(commitment: T): T {
  return { ...commitment, hiding: commitment.binding, binding: commitment.hiding };
}

function exchangeEntropy<T extends { readonly entropy: string }>(openings: readonly T[]): T[] {
  return openings.map((opening, i) => ({ ...opening, entropy: (openings[(i + 1) % openings.length] as T).entropy }));
}

function randomScalar(scheme: string, length: number): string {
  const order = ORDER[scheme];
  if (order === undefined) throw new TypeError(`No lie for ${scheme}.`);
  const scalar = BigInt(`0x${randomBytes(64).toString('hex')}`) % order;
  const bytes = Buffer.from(scalar.toString(16).padStart(2 * length, '0'), 'hex');
  return (BIG_ENDIAN.test(scheme) ? bytes : bytes.reverse()).toString('hex');
}

function randomG2(): string {
  const { Fn } = bls12_381.G1.Point;
  const point = bls12_381.G2.Point.BASE.multiply(BigInt(`0x${randomBytes(31).toString('hex')}`) % Fn.ORDER);
  return Buffer.from(point.toBytes(true)).toString('hex');
}

async function refuse(): Promise<never> {
  throw new NodeError('You may not, says a node that lies.', { code: 'permissions/denied', fault: 'caller' });
}

function never(): Promise<never> {
  return new Promise(() => {});
}

async function crash(): Promise<never> {
  throw new TypeError('undefined is not a function');
}
