export type { ActionErrorCode } from './errors.ts';
export { ActionError } from './errors.ts';
export type { FetcherOptions } from './fetching/fetcher.ts';
export { Fetcher } from './fetching/fetcher.ts';
export type {
  ActionAuth,
  ActionAuthMethod,
  ActionChains,
  ActionClaim,
  ActionDecryption,
  ActionHost,
  ActionPartialSignature,
  ActionPeers,
  ActionSignature,
  ActionSigning,
  ConditionsCaller,
} from './host.ts';
export type { ActionLimits } from './limits.ts';
export { DEFAULT_ACTION_LIMITS } from './limits.ts';
export type { Cause, Divergence } from './recording/divergence.ts';
export { divergence } from './recording/divergence.ts';
export { knownAnswers } from './recording/known-answers.ts';
export { Recorder } from './recording/recorder.ts';
export type { RecordedEvent, RecordedProgram, Recording } from './recording/recording.ts';
export { recordingSchema } from './recording/recording.ts';
export type { ReplayOutcome } from './recording/replay.ts';
export { replay } from './recording/replay.ts';
export type { ActionOutcome, ActionProgram, RunModules } from './run.ts';
export { runAction } from './run.ts';
export { SandboxPool } from './sandbox/pool.ts';
export { startDebuggedSandboxes, startSandboxes } from './sandbox/start.ts';
export type { Walls } from './sandbox/walls.ts';
export { findWalls, requireWalls, standingWalls } from './sandbox/walls.ts';
