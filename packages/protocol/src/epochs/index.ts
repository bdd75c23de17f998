export type { EpochEvent, EpochOutcome } from './apply.ts';
export { applyEpochEvent } from './apply.ts';
export type { EpochRefusal } from './refusal.ts';
export type { EpochPhase, EpochState, LockedEpoch } from './state.ts';
export { bitmapOf, EPOCH_PHASES, initialEpochState, participantsOf, partiesOf, thresholdOf } from './state.ts';
