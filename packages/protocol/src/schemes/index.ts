export type { Scheme, SchemeName, SchemeRoot } from './scheme.ts';
export { SCHEME_NAMES, SCHEMES, schemeNameSchema } from './scheme.ts';
