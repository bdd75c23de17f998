export { toViemAccount, type ViemAccount, type ViemAccountParameters } from './wallets/viem-account.ts';
