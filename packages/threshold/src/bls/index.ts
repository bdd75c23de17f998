export { accountSignatureMessage } from './account-message.ts';
export {
  BLS_DST,
  BLS_ORDER,
  type BlsBackend,
  G1_BYTES,
  type G1Point,
  G2_BYTES,
  type G2Point,
  GT_BYTES,
  SCALAR_BYTES,
} from './backend.ts';
export { type AggregateParameters, type AggregateResult, aggregate, combine, verify } from './combine.ts';
export {
  decodeCiphertext,
  type IdentityCiphertext,
  PADDED_BYTES_MIN,
  PLAINTEXT_BYTES_MAX,
} from './identity/ciphertext.ts';
export {
  type DecryptParameters,
  type DecryptWithPartialsParameters,
  type DecryptWithPartialsResult,
  decrypt,
  decryptWithPartials,
} from './identity/decrypt.ts';
export { type EncryptParameters, encrypt } from './identity/encrypt.ts';
export { nobleBls } from './noble.ts';
export {
  type PartialSignature,
  partialSign,
  type VerifyingShares,
  verifyPartial,
  verifyPartialsInBatch,
} from './partial-signature.ts';
export { decodeShareJson, encodeShareJson } from './share-json.ts';
export { verifyingSharesOf } from './verifying-share.ts';
