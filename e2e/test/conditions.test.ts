import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  AND,
  balanceAtLeast,
  conditionsFile,
  decryptAs,
  decryptFailure,
  ETHER,
  encryptText,
  OR,
  ownsToken,
  ownsTokenByAbi,
  timestamp,
  wallet,
} from '../harness/conditions.ts';
import { runKeymesh } from '../harness/keymesh.ts';
import { useNetwork } from '../harness/network.ts';
import { ALICE, addressOf, BOB } from '../verifiers/chain.ts';

/** A wallet that nobody funded. */
const POOR = `0x${randomBytes(32).toString('hex')}` as const;
const SECRET = 'only for those who satisfy the condition';
/** 2020-09-13 and 2286-11-20. Seconds since 1970. */
const [PAST, FAR_FUTURE] = [1_600_000_000, 10_000_000_000];

const network = useNetwork('conditions');
const pkpNft = (): string => network.file.contracts.PKPNFT;

/** Who may and who may not; the words must be in the refusal. */
async function expectAccess(
  conditions: unknown,
  { allowed, denied, words }: { allowed: string; denied: string; words: readonly string[] },
): Promise<void> {
  const encrypted = await encryptText(network, conditions, SECRET);
  const [decrypted, failure] = await Promise.all([
    decryptAs(network, allowed, encrypted),
    decryptFailure(network, denied, encrypted),
  ]);
  expect(decrypted).toMatchObject({ data: SECRET, signers: [1, 2, 3], culprits: [] });
  expect(failure).toMatchObject({ exitCode: 1, error: { code: 'conditions/denied', fault: 'caller' } });
  for (const word of words) expect(failure.error.message).toContain(word);
}

describe('who satisfies a condition decrypts, who does not is told which', () => {
  test('a balance', () =>
    expectAccess([balanceAtLeast(ETHER)], { allowed: ALICE, denied: POOR, words: [addressOf(POOR), ETHER, 'wei'] }));

  test('a wallet', () =>
    expectAccess([wallet(addressOf(BOB))], { allowed: BOB, denied: ALICE, words: [addressOf(BOB), addressOf(ALICE)] }));

  test('a wallet in another letter case', () =>
    expectAccess([wallet(addressOf(BOB).toLowerCase())], { allowed: BOB, denied: ALICE, words: ['wallet'] }));

  test('and', () =>
    expectAccess([wallet(addressOf(ALICE)), AND, timestamp('>', PAST)], {
      allowed: ALICE,
      denied: BOB,
      words: [addressOf(ALICE)],
    }));

  test('or', () =>
    expectAccess([timestamp('>', FAR_FUTURE), OR, wallet(addressOf(ALICE))], {
      allowed: ALICE,
      denied: BOB,
      words: [String(FAR_FUTURE), addressOf(ALICE)],
    }));

  test('groups within groups, of both kinds', () =>
    expectAccess(
      [
        [[ownsTokenByAbi(pkpNft()), AND, timestamp('>', FAR_FUTURE)], OR, wallet(addressOf(ALICE))],
        AND,
        [balanceAtLeast(ETHER), OR, ownsToken(pkpNft())],
      ],
      { allowed: ALICE, denied: BOB, words: [addressOf(ALICE)] },
    ));

  test('without groups, operators bind from left to right: A or B and C is (A or B) and C', async () => {
    const conditions = [wallet(addressOf(ALICE)), OR, wallet(addressOf(BOB)), AND, timestamp('>', FAR_FUTURE)];
    const encrypted = await encryptText(network, conditions, SECRET);
    expect(await decryptFailure(network, ALICE, encrypted)).toMatchObject({ error: { code: 'conditions/denied' } });
  });
});

test.each([
  ['by the standard contract type', ownsToken],
  ['by its ABI', ownsTokenByAbi],
])('a token of the network itself, %s: refused before minting, granted after', async (_how, condition) => {
  // Alice and Bob: whoever owns no key yet.
  const caller = condition === ownsToken ? ALICE : BOB;
  const encrypted = await encryptText(network, [condition(pkpNft())], SECRET);
  const before = await decryptFailure(network, caller, encrypted);
  expect(before).toMatchObject({ exitCode: 1, error: { code: 'conditions/denied' } });
  expect(before.error.message).toContain(pkpNft());
  await network.runWith({ env: { KEYMESH_PRIVATE_KEY: caller } }, 'key', 'mint');
  expect(await decryptAs(network, caller, encrypted)).toMatchObject({ data: SECRET });
});

test('a ciphertext whose conditions were swapped for easier ones opens for nobody', async () => {
  const encrypted = await encryptText(network, [wallet(addressOf(ALICE))], SECRET);
  const forged = { ...encrypted, accessControlConditions: [wallet(addressOf(BOB))] };
  const { exitCode, error } = await decryptFailure(network, BOB, forged);
  expect(exitCode).toBe(1);
  expect(error.code).toBe('bls/decryption-failed');
});

test('a chain that the nodes do not know is named', async () => {
  const encrypted = await encryptText(network, [balanceAtLeast('1', 'neverland')], SECRET);
  const { exitCode, error } = await decryptFailure(network, ALICE, encrypted);
  expect(exitCode).toBe(1);
  expect(error).toMatchObject({ code: 'conditions/unknown-chain', message: expect.stringContaining('neverland') });
});

test('conditions that no node could judge are refused when encrypting', async () => {
  const nonsense = { ...balanceAtLeast('1'), standardContractType: 'ERC9999' };
  const unusable = [[], [AND], [balanceAtLeast('1'), balanceAtLeast('1')], [nonsense]];
  const failures = await Promise.all(
    unusable.map((conditions) =>
      network.failWith({ input: SECRET }, 'encrypt', '--conditions', conditionsFile(network, conditions)),
    ),
  );
  for (const failure of failures) {
    expect(failure).toMatchObject({
      exitCode: 1,
      error: { code: expect.stringMatching(/^conditions\//), fault: 'caller' },
    });
  }
});

describe('files and pipes', () => {
  const everybody = [timestamp('>', PAST)];

  test('bytes that are no text go through files unchanged, an empty one too', async () => {
    for (const data of [randomBytes(20_000), Buffer.alloc(0)]) {
      const [plain, sealed, opened] = ['plain', 'sealed', 'opened'].map((name) => network.path(`${name}.bin`)) as [
        string,
        string,
        string,
      ];
      writeFileSync(plain, data);
      const conditions = conditionsFile(network, everybody);
      const written = await network.run('encrypt', '--conditions', conditions, '--in', plain, '--out', sealed);
      expect(written.out).toBe(sealed);
      expect(await network.run('decrypt', '--in', sealed, '--out', opened)).toMatchObject({ bytes: data.length });
      expect(readFileSync(opened)).toEqual(data);
    }
  });

  test('without --json, encrypt | decrypt is the identity on bytes', async () => {
    const data = randomBytes(1_000);
    const dir = ['--dir', network.directory];
    const conditions = conditionsFile(network, everybody);
    const encrypted = await runKeymesh(['encrypt', '--conditions', conditions, ...dir], { input: data });
    expect(encrypted.code).toBe(0);
    const decrypted = await runKeymesh(['decrypt', ...dir], { input: encrypted.stdoutBytes });
    expect(Buffer.from(decrypted.stdoutBytes)).toEqual(data);
  });

  test('with --json, bytes that are no text come as base64 only', async () => {
    const printed = await network.runWith(
      { input: Buffer.from([0xff, 0xfe, 0x00]) },
      ...['encrypt', '--conditions', conditionsFile(network, everybody)],
    );
    const decrypted = await network.runWith({ input: JSON.stringify(printed) }, 'decrypt');
    expect(decrypted).toMatchObject({ dataBase64: '//4A' });
    expect(decrypted).not.toHaveProperty('data');
  });
});
