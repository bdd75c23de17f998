export { KeymeshError } from '@keymesh/foundation';
export { cidOf } from '@keymesh/protocol/cid';
export { type ConditionList, humanize, parseConditions } from '@keymesh/protocol/conditions';
export { SCHEME_NAMES, SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
export type { ActionClaim } from './actions/action-claims.ts';
export { ActionFailure } from './actions/action-failure.ts';
export type { ActionSignature } from './actions/action-signatures.ts';
export {
  type ActionResult,
  allowExecution,
  type ExecuteActionParameters,
  executeAction,
} from './actions/execute-action.ts';
export type { NodeRun } from './actions/node-run.ts';
export { describeParting, type Parting } from './actions/parting.ts';
export type { ResponseStrategy } from './actions/response-strategy.ts';
export type { Conditions } from './encryption/conditions.ts';
export { type Decrypted, type DecryptParameters, decrypt } from './encryption/decrypt.ts';
export { type Encrypted, type EncryptParameters, encrypt } from './encryption/encrypt.ts';
export { SdkError, type SdkErrorCode } from './errors.ts';
export { type ClaimableKeyParameters, claimableKey } from './keys/claimable-key.ts';
export { type PublicKeys, publicKeyFor, publicKeysOf } from './keys/derive-public-keys.ts';
export { findKey } from './keys/find-key.ts';
export type { Key } from './keys/key.ts';
export { listKeys } from './keys/list-keys.ts';
export { type MintClaimedParameters, type MintedKey, type MintParameters, mint, mintClaimed } from './keys/mint.ts';
export { type PermitActionParameters, permitAction, revokeAction, type SigningScope } from './keys/permit-action.ts';
export type { KeyReference } from './keys/token-id.ts';
export { type ConnectParameters, connect } from './network/connect.ts';
export { type ChainParameters, connectToChain } from './network/connect-to-chain.ts';
export type { Network, NetworkNode, NetworkOnChain } from './network/network.ts';
export { NodeRefusal } from './nodes/node-refusal.ts';
export { type Platform, standardPlatform } from './platform.ts';
export {
  allowDecryption,
  allowSigning,
  type CreateSessionParameters,
  createSession,
  type Wallet,
} from './session/create-session.ts';
export { endSession, type Session } from './session/session.ts';
export { type SignParameters, type SignResult, sign } from './signing/sign.ts';
