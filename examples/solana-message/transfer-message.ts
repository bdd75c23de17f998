export interface Transfer {
  /** Ed25519 public keys, 32 bytes. */
  readonly sender: Uint8Array;
  readonly recipient: Uint8Array;
  readonly lamports: bigint;
  /** 32 bytes. */
  readonly recentBlockhash: Uint8Array;
}

/** The address of the system program: 32 zero bytes. */
const SYSTEM_PROGRAM = new Uint8Array(32);
/** Instruction 2 of the system program, as a little-endian u32. */
const TRANSFER = [2, 0, 0, 0];

/**
 * A legacy message of Solana with one instruction, a transfer: header, accounts, blockhash, instructions. Lists begin with
 * their length, in one byte if it is below 128.
 */
export function transferMessage({ sender, recipient, lamports, recentBlockhash }: Transfer): Uint8Array {
  const amount = Buffer.alloc(8);
  amount.writeBigUInt64LE(lamports);
  // One signature, no read-only signer, one read-only account: the program.
  const header = [1, 0, 1];
  const data = [...TRANSFER, ...amount];
  return Uint8Array.of(
    ...header,
    ...[3, ...sender, ...recipient, ...SYSTEM_PROGRAM],
    ...recentBlockhash,
    // One instruction: the program is account 2, from account 0 to account 1.
    ...[1, 2, 2, 0, 1, data.length, ...data],
  );
}
