export { CONDITION_FIELDS } from './decrypt.ts';
export type { ErrorBody } from './error-body.ts';
export { errorBodySchema, serializedErrorSchema } from './error-body.ts';
export type { BlockReference } from './fields.ts';
export type { HandshakeResponse, HandshakeStatement } from './handshake.ts';
export { handshakeDigest, verifyHandshake } from './handshake.ts';
export { parseJson, parseMessage } from './parse.ts';
export type { RequestContent, SignRequestContent } from './request-identity.ts';
export {
  actionSigningSessionId,
  decryptRequestIdentity,
  executeRequestIdentity,
  leaderOf,
  requestIdentity,
  runIdOf,
  signingSessionId,
  signRequestIdentity,
} from './request-identity.ts';
export type { Route } from './route.ts';
export { httpStatusOf } from './status.ts';
export { decodeStreamLine, encodeStreamLine, STREAM_CONTENT_TYPE, type StreamLine } from './stream.ts';
export type { ProgressOf, RequestOf, ResponseOf, RouteName } from './table.ts';
export { ROUTES } from './table.ts';
