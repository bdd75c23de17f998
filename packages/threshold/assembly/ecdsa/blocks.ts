/** Blocks of 128 bits around the block cipher: `tweakBlocks` and `foldBlocks` of `MultiplicationKernel`. */

const BLOCK: usize = 16;

export function tweakBlocks(inner: usize, count: u32, outputBlocks: u32, target: usize): void {
  for (let input: u32 = 0; input < count; input++) {
    const block = v128.load(inner + input * BLOCK);
    const position = i32x4(<i32>bswap<u32>(input), 0, 0, 0);
    for (let copy: u32 = 0; copy < outputBlocks; copy++) {
      const tweak = i32x4.replace_lane(position, 1, <i32>bswap<u32>(copy));
      v128.store(target, v128.xor(block, tweak));
      target += BLOCK;
    }
  }
}

export function foldBlocks(outer: usize, inner: usize, count: u32, outputBlocks: u32): void {
  for (let input: u32 = 0; input < count; input++) {
    const block = v128.load(inner + input * BLOCK);
    for (let copy: u32 = 0; copy < outputBlocks; copy++) {
      v128.store(outer, v128.xor(v128.load(outer), block));
      outer += BLOCK;
    }
  }
}
