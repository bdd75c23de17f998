export type { ProtocolErrorCode } from './errors.ts';
export { ProtocolError } from './errors.ts';
