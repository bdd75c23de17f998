import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

const SETTINGS = [
  'package.json',
  'package-lock.json',
  'biome.json',
  '.gitignore',
  '.dependency-cruiser.cjs',
  'tsconfig.base.json',
  'tsconfig.json',
  'tools/layers.json',
  'tools/pipeline/layers.mjs',
  'tools/pipeline/processes.mjs',
];

/** Paths → contents of files to write. */
export type Plant = Readonly<Record<string, string>>;

/**
 * A copy of the repository's settings around sources of our choice, in a temporary folder. Packages resolve each other
 * inside the copy; everything else in node_modules is linked to the real one.
 */
export class PlantedTree {
  readonly root: string;

  constructor(sources: Plant) {
    this.root = mkdtempSync(join(tmpdir(), 'keymesh-planted-'));
    for (const path of SETTINGS) this.#copy(path);
    for (const name of readdirSync(join(REPOSITORY, 'packages'))) {
      this.#copy(`packages/${name}/package.json`);
      this.#copy(`packages/${name}/tsconfig.json`);
      this.write({ [`packages/${name}/README.md`]: `# ${name}\n` });
    }
    this.#linkModules();
    this.write(sources);
    execFileSync('git', ['init', '-q'], { cwd: this.root });
  }

  write(plant: Plant): void {
    for (const [path, text] of Object.entries(plant)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  remove(paths: readonly string[]): void {
    for (const path of paths) rmSync(join(this.root, path), { force: true });
  }

  /** Puts a settings file back to what the repository has. */
  restore(path: string): void {
    this.#copy(path);
  }

  /** Runs a command of node_modules/.bin in the copy and returns everything that it printed. */
  run(command: string, args: readonly string[]): { readonly status: number | null; readonly output: string } {
    const bin = join(this.root, 'node_modules', '.bin');
    const result = spawnSync(command === 'node' ? process.execPath : join(bin, command), args, {
      cwd: this.root,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: [dirname(process.execPath), bin, process.env.PATH].join(delimiter),
        NO_COLOR: '1',
        FORCE_COLOR: '0',
      },
    });
    return { status: result.status, output: result.stdout + result.stderr };
  }

  destroy(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #copy(path: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    cpSync(join(REPOSITORY, path), join(this.root, path));
  }

  #linkModules(): void {
    const modules = join(REPOSITORY, 'node_modules');
    const copy = join(this.root, 'node_modules');
    mkdirSync(join(copy, '@keymesh'), { recursive: true });
    mkdirSync(join(copy, '.bin'));
    for (const name of readdirSync(modules)) {
      if (name !== '@keymesh' && !name.startsWith('.')) symlinkSync(join(modules, name), join(copy, name));
    }
    for (const name of readdirSync(join(REPOSITORY, 'packages'))) {
      symlinkSync(join(this.root, 'packages', name), join(copy, '@keymesh', name));
    }
    for (const name of readdirSync(join(modules, '.bin'))) {
      symlinkSync(join(modules, '.bin', name), join(copy, '.bin', name));
    }
  }
}

/** Sources that break no rule, and use every permission that the layer table gives: a rule that fires here fires always. */
export const INNOCENT: Plant = {
  'packages/foundation/src/index.ts': `import { sha256 } from '@noble/hashes/sha2.js';\n\nexport const digest = (bytes: Uint8Array): Uint8Array => sha256(bytes);\n`,
  'packages/contracts/src/index.ts': `export { parseAbi } from 'viem';\n`,
  'packages/threshold/src/index.ts': `export { digest } from '@keymesh/foundation';\n`,
  'packages/threshold/src/bls/native/blst.ts': `export { readFileSync } from 'node:fs';\n`,
  'packages/protocol/src/index.ts': `import { digest } from '@keymesh/foundation';\nimport { string } from 'valibot';\nimport type { Hex } from 'viem';\nimport { keccak256 } from 'viem/utils';\n\nexport const all = [digest, string, (hex: Hex): Hex => keccak256(hex)];\n`,
  'packages/actions/src/index.ts': `export { all } from '@keymesh/protocol';\n`,
  'packages/node/src/index.ts': `export { digest } from '@keymesh/threshold';\n`,
  'packages/node/src/main.ts': `import { openStore } from './store/sqlite.ts';\n\nopenStore();\n`,
  'packages/node/src/store/sqlite.ts': `import { DatabaseSync } from 'node:sqlite';\n\nexport const openStore = (): DatabaseSync => new DatabaseSync(':memory:');\n`,
  'packages/sdk/src/index.ts': `import { parseAbi } from '@keymesh/contracts';\nimport { all } from '@keymesh/protocol';\nimport { digest } from '@keymesh/threshold';\n\nexport const everything = [parseAbi, all, digest];\n`,
  'packages/cli/src/index.ts': `import { digest } from '@keymesh/node';\nimport { everything } from '@keymesh/sdk';\n\nconsole.log(digest, everything);\n`,
  'simulation/src/index.ts': `export { digest } from '@keymesh/node';\n`,
};
