export type { PublicKeyPackage, RootPublicKey } from '../root-keys.ts';
export { createKeyGeneration } from './key-generation.ts';
export { messageBytesMax, ROUND } from './messages.ts';
export { EXECUTION_ID_BYTES } from './parameters.ts';
export { withPointCache } from './point-cache.ts';
export type {
  Conviction,
  ConvictionReason,
  KeyGeneration,
  KeyGenerationCandidate,
  KeyGenerationOutput,
  KeyGenerationParameters,
} from './types.ts';
