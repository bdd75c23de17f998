export type { Broadcast } from './broadcast.ts';
export { BroadcastRouter } from './broadcast-router.ts';
export { digestOf, type Envelope, encodeBroadcastMessage, type Statement } from './envelope.ts';
export type { ExecutionOptions, SignedBroadcast } from './signed-broadcast.ts';
