export type { PublicKeyEncoding, Scheme, SchemeName, SchemeNameOf, SchemeRoot } from './scheme.ts';
export { isSchemeOf, SCHEME_NAMES, SCHEMES, schemeNameSchema } from './scheme.ts';
