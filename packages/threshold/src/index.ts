export type { ThresholdErrorCode } from './errors.ts';
export { ThresholdError } from './errors.ts';
export type { Protocol, Step } from './protocol.ts';
export type { PublicKeyPackage, RootKeyName, RootPublicKey } from './root-keys.ts';
export { ROOT_KEY_NAMES, ROOT_KEYS } from './root-keys.ts';
