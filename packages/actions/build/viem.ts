/** `viem` of programs: the library, and its accounts. Definitions of chains are left out: they are as long as the rest. */
export * from 'viem';
export * as accounts from 'viem/accounts';
