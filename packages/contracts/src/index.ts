export type { ContractAddresses, ContractName } from './addresses.ts';
export { CONTRACT_NAMES } from './addresses.ts';
export { bitmapOfParties, partiesOfBitmap } from './bitmaps.ts';
export {
  EpochState,
  KEY_SET_ID,
  KEY_TYPE_SECP256K1,
  REALM_ID,
  SCOPE_PERSONAL_SIGN,
  SCOPE_SIGN_ANYTHING,
  VOTE_GAS_LIMITS,
} from './constants.ts';
export { ContractsError } from './errors.ts';
export { findContracts } from './find-contracts.ts';
export { directoryAbi } from './generated/abi/directory.ts';
export { contractErrorsAbi } from './generated/abi/errors.ts';
export { keymeshTokenAbi } from './generated/abi/keymeshToken.ts';
export { pkpNftAbi } from './generated/abi/pkpNft.ts';
export { pkpPermissionsAbi } from './generated/abi/pkpPermissions.ts';
export { pubkeyRouterAbi } from './generated/abi/pubkeyRouter.ts';
export { stakingAbi } from './generated/abi/staking.ts';
