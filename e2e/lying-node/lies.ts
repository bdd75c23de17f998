import { randomBytes } from 'node:crypto';
import { type Handlers, NodeError } from '@keymesh/node';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';

/** The schemes by how their shares and commitments are encoded. */
const ORDER: Readonly<Record<string, bigint>> = {
  SchnorrEd25519Sha512: ed25519.Point.Fn.ORDER,
  SchnorrK256Sha256: secp256k1.Point.Fn.ORDER,
  SchnorrK256Taproot: secp256k1.Point.Fn.ORDER,
};

/** A node that lies in one way. Each takes the honest handlers and replaces what the lie is about. */
export const LIES = {
  /** Tells the truth, so that a test can see that the rest of the liar is a good node. */
  none: (honest) => honest,

  /** Shares that are well formed and wrong: another scalar, another point of the right subgroup. */
  'wrong-shares': (honest) => ({
    ...honest,
    signShare: async (request, context) => ({
      ...(await honest.signShare(request, context)),
      share: request.scheme === 'Bls12381' ? randomG2() : randomScalar(request.scheme),
    }),
    decrypt: async (request, context) => ({ ...(await honest.decrypt(request, context)), share: randomG2() }),
  }),

  /** Shares of the right length that are no scalar and no point. */
  'garbage-shares': (honest) => ({
    ...honest,
    signShare: async (request, context) => {
      const answer = await honest.signShare(request, context);
      return { ...answer, share: 'ff'.repeat(answer.share.length / 2) };
    },
    decrypt: async (request, context) => {
      const answer = await honest.decrypt(request, context);
      return { ...answer, share: 'ff'.repeat(answer.share.length / 2) };
    },
  }),

  /** No share at all. */
  'empty-shares': (honest) => ({
    ...honest,
    signShare: async (request, context) => ({ ...(await honest.signShare(request, context)), share: '' }),
    decrypt: async (request, context) => ({ ...(await honest.decrypt(request, context)), share: '' }),
  }),

  /** Sealed answers that are not those of the route. */
  'nonsense-answers': (honest) => ({
    ...honest,
    signShare: async () => ({ nonsense: [1, { deep: null }] }) as never,
    decrypt: async () => 'nonsense' as never,
  }),

  /** Its own share under the name of party 3. */
  'wrong-party': (honest) => ({
    ...honest,
    signShare: async (request, context) => ({ ...(await honest.signShare(request, context)), party: 3 }),
    decrypt: async (request, context) => ({ ...(await honest.decrypt(request, context)), party: 3 }),
  }),

  /** Nonce commitments that are points and not those of its nonces; it signs with its nonces all the same. */
  'swapped-commitments': (honest) => ({
    ...honest,
    signCommit: async (request, context) => {
      const answer = await honest.signCommit(request, context);
      return { ...answer, commitments: answer.commitments.map(swap) };
    },
    signShare: async (request, context) => {
      const { party } = await honest.ready({}, context);
      const commitments = request.commitments.map((one) => (one.party === party ? swap(one) : one));
      return honest.signShare({ ...request, commitments }, context);
    },
  }),

  /** The same, and then it refuses, because they are not those of its nonces. Nobody else can tell why it does. */
  'foreign-commitments': (honest) => ({
    ...honest,
    signCommit: async (request, context) => {
      const answer = await honest.signCommit(request, context);
      return { ...answer, commitments: answer.commitments.map(swap) };
    },
  }),

  /** Nonce commitments that are no points. */
  'garbage-commitments': (honest) => ({
    ...honest,
    signCommit: async (request, context) => {
      const answer = await honest.signCommit(request, context);
      return {
        ...answer,
        commitments: answer.commitments.map((one) => ({ ...one, hiding: 'ff'.repeat(one.hiding.length / 2) })),
      };
    },
  }),

  /** No nonce commitments. */
  'no-commitments': (honest) => ({
    ...honest,
    signCommit: async (request, context) => ({ ...(await honest.signCommit(request, context)), commitments: [] }),
  }),

  /** A handshake with public keys that nobody voted for. */
  'wrong-keys': (honest) => ({
    ...honest,
    handshake: async (request, context) => {
      const said = await honest.handshake(request, context);
      return { ...said, transcriptDigest: randomBytes(32).toString('hex') };
    },
  }),

  /** Refuses whom it must serve. No lie that can be proven: the request goes on without it. */
  refuses: (honest) => ({
    ...honest,
    signCommit: refuse,
    signShare: refuse,
    decrypt: refuse,
  }),

  /** Takes requests and never answers. */
  silent: (honest) => ({ ...honest, signCommit: never, signShare: never, decrypt: never }),

  /** Fails in a way that a node must not. */
  crashes: (honest) => ({ ...honest, signCommit: crash, signShare: crash, decrypt: crash }),
} as const satisfies Record<string, (honest: Handlers) => Handlers>;

export type LieName = keyof typeof LIES;

function swap<T extends { readonly hiding: string; readonly binding: string }>(commitment: T): T {
  return { ...commitment, hiding: commitment.binding, binding: commitment.hiding };
}

function randomScalar(scheme: string): string {
  const order = ORDER[scheme];
  if (order === undefined) throw new TypeError(`No lie for ${scheme}.`);
  const scalar = (BigInt(`0x${randomBytes(32).toString('hex')}`) % order).toString(16).padStart(64, '0');
  return scheme === 'SchnorrEd25519Sha512' ? Buffer.from(scalar, 'hex').reverse().toString('hex') : scalar;
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
