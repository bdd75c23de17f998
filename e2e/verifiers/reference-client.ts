import { frostSuites } from '@keymesh/threshold/frost';
import { blsCombine, blsVerify, unifiedCombineAndVerify } from '@lit-protocol/wasm';

/** One node's raw answer to a signing request, as JSON. */
export interface RawShare {
  readonly party: number;
  readonly share: string;
  readonly frost?: {
    readonly commitments: readonly { readonly party: number; readonly hiding: string; readonly binding: string }[];
  };
  readonly ecdsa?: { readonly record: string };
}

/** What the answers are about; all bytes as hex without 0x. */
export interface RawContext {
  readonly scheme: string;
  /** What the network was given: the digest for ECDSA. */
  readonly signed: string;
  /** In the curve's encoding: also for Taproot with its sign byte. */
  readonly publicKey: string;
  /** Of each party, likewise. Only to name who cheats. */
  readonly verifyingShares: ReadonlyMap<number, string>;
}

/** How the reference tags what belongs to a suite. */
const TAGS: Readonly<Record<string, string>> = {
  SchnorrEd25519Sha512: 'Ed25519Sha512',
  SchnorrK256Sha256: 'K256Sha256',
  SchnorrK256Taproot: 'K256Taproot',
  SchnorrP256Sha256: 'P256Sha256',
  SchnorrP384Sha384: 'P384Sha384',
  SchnorrRistretto25519Sha512: 'Ristretto25519Sha512',
  SchnorrEd448Shake256: 'Ed448Shake256',
  SchnorrRedJubjubBlake2b512: 'RedJubjubBlake2b512',
  SchnorrRedDecaf377Blake2b512: 'RedDecaf377Blake2b512',
  SchnorrkelSubstrate: 'SchnorrkelSubstrate',
};
/** Suites whose scalars are written most significant byte first. */
const BIG_ENDIAN = ['SchnorrK256Sha256', 'SchnorrK256Taproot', 'SchnorrP256Sha256', 'SchnorrP384Sha384'];

/**
 * Combines raw FROST shares with the client code of the reference network. It recomputes all hashes of the suite, and
 * verifies the result.
 * @returns its answer as JSON text, in lower case.
 */
export function combineFrost(shares: readonly RawShare[], context: RawContext): Promise<string> {
  const tag = TAGS[context.scheme];
  const suite = frostSuites[context.scheme as keyof typeof frostSuites];
  const header = `00${crc32(Buffer.from(suite.id)).toString(16).padStart(8, '0')}`;
  return combine(
    shares.map(({ party, share, frost }) => {
      const own = frost?.commitments.find((one) => one.party === party);
      return {
        FrostSignedMessageShare: {
          message: context.signed,
          result: 'success',
          share_id: JSON.stringify([tag, identifier(context.scheme, party, share.length / 2)]),
          peer_id: String(party),
          signature_share: JSON.stringify([tag, share]),
          signing_commitments: JSON.stringify([tag, `${header}${own?.hiding}${own?.binding}`]),
          verifying_share: JSON.stringify([tag, context.verifyingShares.get(party)]),
          public_key: JSON.stringify([tag, context.publicKey]),
          sig_type: context.scheme,
        },
      };
    }),
  );
}

/**
 * The same for ECDSA: the reference adds the shares up, and verifies.
 * @param nonce compressed R of the signature before s was made low.
 */
export function combineEcdsa(shares: readonly RawShare[], context: RawContext, nonce: string): Promise<string> {
  return combine(
    shares.map(({ party, share }) => ({
      EcdsaSignedMessageShare: {
        digest: context.signed,
        result: 'success',
        share_id: JSON.stringify(party.toString(16).padStart(2, '0')),
        peer_id: String(party),
        signature_share: JSON.stringify(share),
        big_r: JSON.stringify(nonce),
        compressed_public_key: JSON.stringify(context.publicKey),
        public_key: JSON.stringify(context.publicKey),
        sig_type: context.scheme,
      },
    })),
  );
}

/** BLS: Lagrange interpolation, and its pairing check over the message that the nodes signed. */
export async function combineBls(
  shares: readonly RawShare[],
  context: Pick<RawContext, 'publicKey'>,
  message: Uint8Array,
): Promise<string> {
  type Share = Parameters<typeof blsCombine>[0][number];
  const encoded = shares.map(({ party, share }) =>
    JSON.stringify({
      ProofOfPossession: { identifier: Buffer.from(identifier('Bls', party, 32)).toString('hex'), value: share },
    }),
  );
  const signature = await blsCombine(encoded as unknown as Share[]);
  await blsVerify(new Uint8Array(Buffer.from(context.publicKey, 'hex')), message, signature);
  return signature.toLowerCase();
}

async function combine(envelopes: readonly unknown[]): Promise<string> {
  const combined = await unifiedCombineAndVerify(envelopes.map((envelope) => JSON.stringify(envelope)));
  return String(combined).toLowerCase();
}

/** A party's number as a scalar of the suite. */
function identifier(scheme: string, party: number, length: number): number[] {
  const bytes = Array.from({ length }, () => 0);
  bytes[BIG_ENDIAN.includes(scheme) ? length - 1 : 0] = party;
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
