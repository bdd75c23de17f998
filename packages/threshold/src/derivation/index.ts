export { deriveChildPublicKey } from './derive-child-public-key.ts';
export { type DerivableCurveName, deriveTweak, KEY_ID_BYTES } from './derive-tweak.ts';
