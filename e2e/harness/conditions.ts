import { writeFileSync } from 'node:fs';
import type { Printed } from './keymesh.ts';
import type { TestNetwork } from './network.ts';

/** One ether in wei. */
export const ETHER = '1000000000000000000';

/** The caller has at least so much on the chain. */
export function balanceAtLeast(wei: string, chain = 'localchain') {
  return {
    conditionType: 'evmBasic',
    contractAddress: '',
    standardContractType: '',
    chain,
    method: 'eth_getBalance',
    parameters: [':userAddress', 'latest'],
    returnValueTest: { comparator: '>=', value: wei },
  };
}

/** The newest block's time. */
export function timestamp(comparator: string, seconds: number) {
  return {
    conditionType: 'evmBasic',
    contractAddress: '',
    standardContractType: 'timestamp',
    chain: 'localchain',
    method: 'eth_getBlockByNumber',
    parameters: ['latest'],
    returnValueTest: { comparator, value: String(seconds) },
  };
}

/** The caller is this wallet. */
export function wallet(address: string) {
  return {
    conditionType: 'evmBasic',
    contractAddress: '',
    standardContractType: '',
    chain: 'localchain',
    method: '',
    parameters: [':userAddress'],
    returnValueTest: { comparator: '=', value: address },
  };
}

/** The caller owns a token of an ERC-721 contract, by the standard contract types. */
export function ownsToken(contractAddress: string) {
  return {
    conditionType: 'evmBasic',
    contractAddress,
    standardContractType: 'ERC721',
    chain: 'localchain',
    method: 'balanceOf',
    parameters: [':userAddress'],
    returnValueTest: { comparator: '>', value: '0' },
  };
}

/** The caller owns a token of a contract, by the contract's ABI. */
export function ownsTokenByAbi(contractAddress: string) {
  return {
    conditionType: 'evmContract',
    contractAddress,
    functionName: 'balanceOf',
    functionParams: [':userAddress'],
    functionAbi: {
      name: 'balanceOf',
      type: 'function',
      stateMutability: 'view',
      inputs: [{ name: 'owner', type: 'address' }],
      outputs: [{ name: 'count', type: 'uint256' }],
    },
    chain: 'localchain',
    returnValueTest: { key: 'count', comparator: '>', value: '0' },
  };
}

export const AND = { operator: 'and' };
export const OR = { operator: 'or' };

let filesWritten = 0;

/** Writes conditions where a command finds them. */
export function conditionsFile(network: TestNetwork, conditions: unknown): string {
  filesWritten += 1;
  const path = network.path(`conditions-${filesWritten}.json`);
  writeFileSync(path, JSON.stringify(conditions));
  return path;
}

/** `keymesh encrypt` of a text through standard input. */
export function encryptText(network: TestNetwork, conditions: unknown, text: string): Promise<Printed> {
  return network.runWith({ input: text }, 'encrypt', '--conditions', conditionsFile(network, conditions));
}

/** `keymesh decrypt` of what `encrypt` printed, with a wallet. */
export function decryptAs(network: TestNetwork, privateKey: string, encrypted: Printed): Promise<Printed> {
  return network.runWith({ input: JSON.stringify(encrypted), env: { KEYMESH_PRIVATE_KEY: privateKey } }, 'decrypt');
}

/** The same for a wallet that must be refused. */
export function decryptFailure(network: TestNetwork, privateKey: string, encrypted: Printed) {
  return network.failWith({ input: JSON.stringify(encrypted), env: { KEYMESH_PRIVATE_KEY: privateKey } }, 'decrypt');
}
