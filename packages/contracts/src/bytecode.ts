export { directoryBytecode } from './generated/bytecode/directory.ts';
export { keymeshTokenBytecode } from './generated/bytecode/keymeshToken.ts';
export { pkpNftBytecode } from './generated/bytecode/pkpNft.ts';
export { pkpPermissionsBytecode } from './generated/bytecode/pkpPermissions.ts';
export { pubkeyRouterBytecode } from './generated/bytecode/pubkeyRouter.ts';
export { stakingBytecode } from './generated/bytecode/staking.ts';
