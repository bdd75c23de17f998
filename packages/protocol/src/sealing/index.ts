export type { SealedPayload } from './payload.ts';
export type { OpenedRequest, ReplyKey, SealedRequest } from './request.ts';
export { openRequest, sealedRequestSchema, sealRequest } from './request.ts';
export type { SealedResponse } from './response.ts';
export { openResponse, sealedResponseSchema, sealResponse } from './response.ts';
