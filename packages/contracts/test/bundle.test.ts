import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** What a browser bundle of these lines holds. */
async function bundle(contents: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['keymesh:source'],
    logLevel: 'silent',
  });
  return result.outputFiles[0]!.text;
}

test('one ABI brings neither the others nor bytecode', async () => {
  const text = await bundle(`import { pkpPermissionsAbi } from '@keymesh/contracts'; console.log(pkpPermissionsAbi);`);
  expect(text).toContain('isPermittedAddress');
  expect(text).not.toContain('voteKeyGeneration');
  expect(text).not.toMatch(/0x6080|0x60c0|0x60a0/);
  expect(text.length).toBeLessThan(20_000);
});

test('finding the contracts needs no platform but the browser', async () => {
  const text = await bundle(`import { findContracts } from '@keymesh/contracts'; console.log(findContracts);`);
  expect(text).toContain('directory-incomplete');
  expect(text).not.toMatch(/from ?"node:|require\("(fs|crypto|net)"\)/);
  expect(text).not.toContain('voteKeyGeneration');
});

test('bytecode is where it should be', async () => {
  const text = await bundle(
    `import { stakingBytecode } from '@keymesh/contracts/bytecode'; console.log(stakingBytecode);`,
  );
  expect(text).toMatch(/0x60[0-9a-f]{2}/);
});
