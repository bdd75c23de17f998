/** A prime field in the form in which the kernel computes: Montgomery's, with `limbs` signed limbs of `bits` bits. */
export interface FieldParameters {
  readonly modulus: bigint;
  /** `limbs` · `bits` is at least four bits above the modulus, and `limbs` products of two limbs fit 62 bits. */
  readonly limbs: number;
  readonly bits: number;
  /** The modulus as Σ coefficient · 2^exponent, if it has few terms; otherwise its limbs are used. */
  readonly terms?: readonly (readonly [coefficient: bigint, exponent: number])[];
  /** 2^foldBits is near the modulus, so that subtracting (value >> foldBits) · modulus keeps values small. */
  readonly foldBits: number;
}

interface GroupParameters {
  readonly field: FieldParameters;
  /** The prime order. */
  readonly order: bigint;
  /** The affine coordinates of the generator. */
  readonly generator: readonly [x: bigint, y: bigint];
}

/** y² = x³ − 3x + b */
export interface WeierstrassParameters extends GroupParameters {
  readonly form: 'weierstrass';
  readonly b: bigint;
}

/** a·x² + y² = 1 + d·x²·y² */
export interface EdwardsParameters extends GroupParameters {
  readonly form: 'edwards';
  readonly a: 1n | -1n;
  readonly d: bigint;
  /** The curve's order is 2^cofactorBits · order. */
  readonly cofactorBits: number;
  /** Which `…-encoding.ts` of the kernel's sources. */
  readonly encoding: 'edwards' | 'ristretto255' | 'decaf377';
}

const P256: FieldParameters = {
  modulus: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  limbs: 9,
  bits: 29,
  terms: [
    [1n, 256],
    [-1n, 224],
    [1n, 192],
    [1n, 96],
    [-1n, 0],
  ],
  foldBits: 256,
};

const P384: FieldParameters = {
  modulus: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
  limbs: 14,
  bits: 28,
  terms: [
    [1n, 384],
    [-1n, 128],
    [-1n, 96],
    [1n, 32],
    [-1n, 0],
  ],
  foldBits: 384,
};

const P25519: FieldParameters = {
  modulus: 2n ** 255n - 19n,
  limbs: 9,
  bits: 29,
  terms: [
    [1n, 255],
    [-19n, 0],
  ],
  foldBits: 255,
};

const P448: FieldParameters = {
  modulus: 2n ** 448n - 2n ** 224n - 1n,
  limbs: 16,
  bits: 29,
  terms: [
    [1n, 448],
    [-1n, 224],
    [-1n, 0],
  ],
  foldBits: 448,
};

/** The scalar field of BLS12-381. */
const BLS12_381_FR: FieldParameters = {
  modulus: 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n,
  limbs: 9,
  bits: 29,
  foldBits: 255,
};

/** The scalar field of BLS12-377. It is nearer to 2^252 than to 2^253. */
const BLS12_377_FR: FieldParameters = {
  modulus: 0x12ab655e9a2ca55660b44d1e5c37b00159aa76fed00000010a11800000000001n,
  limbs: 9,
  bits: 29,
  foldBits: 252,
};

/** RFC 8032 §5.1. */
const EDWARDS25519 = {
  form: 'edwards',
  field: P25519,
  order: 2n ** 252n + 27742317777372353535851937790883648493n,
  a: -1n,
  cofactorBits: 3,
  d: 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
  generator: [
    0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
    0x6666666666666666666666666666666666666666666666666666666666666658n,
  ],
} as const satisfies Omit<EdwardsParameters, 'encoding'>;

export type CurveParameters = WeierstrassParameters | EdwardsParameters;

/**
 * One kernel is compiled for each of these. P-256, P-384: SP 800-186 §3.2.1. ristretto255: RFC 9496. Ed448: RFC 8032 §5.2. RedJubjub and decaf377: as in `src/curves`, which says where they come from.
 */
export const CURVES: Readonly<Record<string, CurveParameters>> = {
  p256: {
    form: 'weierstrass',
    field: P256,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    generator: [
      0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    ],
  },
  p384: {
    form: 'weierstrass',
    field: P384,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    generator: [
      0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    ],
  },
  ed25519: { ...EDWARDS25519, encoding: 'edwards' },
  ristretto255: { ...EDWARDS25519, encoding: 'ristretto255' },
  ed448: {
    form: 'edwards',
    encoding: 'edwards',
    field: P448,
    order: 2n ** 446n - 13818066809895115352007386748515426880336692474882178609894547503885n,
    a: 1n,
    cofactorBits: 2,
    d: -39081n,
    generator: [
      224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710n,
      298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660n,
    ],
  },
  redjubjub: {
    form: 'edwards',
    encoding: 'edwards',
    field: BLS12_381_FR,
    order: 0x0e7db4ea6533afa906673b0101343b00a6682093ccc81082d0970e5ed6f72cb7n,
    a: -1n,
    cofactorBits: 3,
    d: 0x2a9318e74bfa2b48f5fd9207e6bd7fd4292d7f6d37579d2601065fd6d6343eb1n,
    generator: [
      0x0926d4f32059c712d418a7ff26753b6ad5b9a7d3ef8e282747bf46920a95a753n,
      0x57a1019e6de9b67553bb37d0c21cfd056d65674dcedbddbc305632adaaf2b530n,
    ],
  },
  decaf377: {
    form: 'edwards',
    encoding: 'decaf377',
    field: BLS12_377_FR,
    order: 0x04aad957a68b2955982d1347970dec005293a3afc43c8afeb95aee9ac33fd9ffn,
    a: -1n,
    cofactorBits: 2,
    d: 3021n,
    generator: [
      0x07b472fa58022bda814e79393a6020008ea7dfd6e00000006dce555555555556n,
      0x05454a5844e52a7376f2cba0211beb280bef23cf81cd527573d4d205e9261d49n,
    ],
  },
};
