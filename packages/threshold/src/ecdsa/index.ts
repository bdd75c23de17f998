export type { MultiplicationKernel } from './kernel/multiplication-kernel.ts';
export { referenceKernel } from './kernel/reference.ts';
export { PairTransfers } from './pair-transfers.ts';
export { type EcdsaCurveName, parametersOf } from './parameters.ts';
export {
  BATCH_PRESIGNATURES_MAX,
  createPresigningBatch,
  type PresigningBatchParameters,
} from './presigning/batch.ts';
export { messageLengths as presigningMessageLengths } from './presigning/messages.ts';
export { createPresigning, type PresigningParameters } from './presigning/presign.ts';
export { Presignature } from './presigning/presignature.ts';
export {
  decodeRecord,
  encodeRecord,
  isConsistent,
  type PresignatureRecord,
  presignatureId,
  type SignerCommitment,
} from './presigning/record.ts';
export { noblePrimitives, type SymmetricPrimitives } from './primitives.ts';
export type { AbandonableProtocol } from './run.ts';
export { createSetup, type SetupOutput, type SetupParameters } from './setup.ts';
export { createSignerSet, type SignerSet } from './signer-set.ts';
export {
  type AggregateOptions,
  aggregate,
  type EcdsaSignature,
  type EcdsaSignatureShare,
} from './signing/aggregate.ts';
export { signShare } from './signing/sign-share.ts';
export {
  createSigningContext,
  digestRequest,
  type EntropyOpening,
  type SigningContext,
  type SigningRequest,
} from './signing/signing-context.ts';
export { verifyShare } from './signing/verify-share.ts';
