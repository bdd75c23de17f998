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
export type { ActionOutcome, ActionProgram, RunModules } from './run.ts';
export { runAction } from './run.ts';
export { SandboxPool } from './sandbox/pool.ts';
export { startSandboxes } from './sandbox/start.ts';
export type { Walls } from './sandbox/walls.ts';
export { findWalls, requireWalls, standingWalls } from './sandbox/walls.ts';
