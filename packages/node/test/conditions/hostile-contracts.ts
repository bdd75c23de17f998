import { concatHex, encodeErrorResult, type Hex, numberToHex, parseAbi, size } from 'viem';

/** Code that reverts with the data. */
export function revertingWith(data: Hex): Hex {
  // PUSH2 size, PUSH1 offset of the data in the code, PUSH1 0, CODECOPY, PUSH2 size, PUSH1 0, REVERT
  const length = numberToHex(size(data), { size: 2 });
  const head = concatHex(['0x61', length, '0x60', '0x0e', '0x6000', '0x39', '0x61', length, '0x6000', '0xfd']);
  return concatHex([head.padEnd(2 + 2 * 14, '0') as Hex, data]);
}

/** Code that tells callers to ask a server of its choice (EIP-3668). */
export function offchainLookup(self: Hex, url: string): Hex {
  const abi = parseAbi(['error OffchainLookup(address, string[], bytes, bytes4, bytes)']);
  return revertingWith(encodeErrorResult({ abi, args: [self, [url], '0x', '0x12345678', '0x'] }));
}

/** Code that returns so many zero bytes: PUSH4 size, PUSH1 0, RETURN. */
export function returningZeros(bytes: number): Hex {
  return concatHex(['0x63', numberToHex(bytes, { size: 4 }), '0x6000', '0xf3']);
}
