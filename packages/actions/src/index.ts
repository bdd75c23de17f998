export type { ActionErrorCode } from './errors.ts';
export { ActionError } from './errors.ts';
export type {
  ActionAuth,
  ActionConditions,
  ActionHost,
  ActionPeers,
  ActionSigning,
  CombinedSignature,
  NamedPartialSignature,
  SigningKeyName,
} from './host.ts';
export type { ActionLimits } from './limits.ts';
export { DEFAULT_ACTION_LIMITS } from './limits.ts';
export type { CountedLimit, Op, OpContext, PriceUnit } from './ops/op.ts';
export type { ActionOutcome, ActionProgram } from './run.ts';
