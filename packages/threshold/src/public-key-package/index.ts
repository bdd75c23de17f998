export type { PublicKeyPackage, RootKeyName, RootPublicKey } from '../root-keys.ts';
export { ROOT_KEY_NAMES, ROOT_KEYS } from '../root-keys.ts';
export { decodePublicKeyPackage, encodePublicKeyPackage, PUBLIC_KEY_PACKAGE_VERSION } from './encoding.ts';
export { rootPublicKey, verifyingShareOf } from './keys.ts';
export { computeResultHash, type Result } from './result-hash.ts';
