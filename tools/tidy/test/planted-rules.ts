import type { Plant } from './planted-tree.ts';

/** What is planted, and the file that the rule must then name. */
export interface Planting {
  readonly plant: Plant;
  readonly named: string;
}

const lines = (count: number): string => 'export {};\n'.repeat(count);

/** One violation of every rule of `tools/tidy`, by the rule's name. */
export const PLANTED_TIDY: Readonly<Record<string, readonly Planting[]>> = {
  'room-names': [
    { plant: { 'packages/node/src/utils/format.ts': 'export {};\n' }, named: 'packages/node/src/utils/format.ts' },
    { plant: { 'packages/sdk/src/helpers.ts': 'export {};\n' }, named: 'packages/sdk/src/helpers.ts' },
  ],
  'open-work': [
    { plant: { 'packages/sdk/src/later.ts': '// TODO: finish\nexport {};\n' }, named: 'packages/sdk/src/later.ts' },
    {
      plant: { 'packages/contracts/solidity/Later.sol': '// FIXME\n' },
      named: 'packages/contracts/solidity/Later.sol',
    },
  ],
  'suppressed-types': [
    {
      plant: { 'packages/sdk/src/hidden.ts': '// @ts-ignore\nexport const a: string = 1;\n' },
      named: 'packages/sdk/src/hidden.ts',
    },
    {
      plant: { 'packages/sdk/test/hidden.test.ts': '// @ts-expect-error\nexport const a: string = 1;\n' },
      named: 'packages/sdk/test/hidden.test.ts',
    },
  ],
  console: [{ plant: { 'packages/node/src/loud.ts': "console.log('x');\n" }, named: 'packages/node/src/loud.ts' }],
  'bare-errors': [
    {
      plant: { 'packages/node/src/bare.ts': "export const fail = (): never => {\n  throw new Error('x');\n};\n" },
      named: 'packages/node/src/bare.ts',
    },
  ],
  units: [
    { plant: { 'packages/node/src/limits.ts': 'export const TIMEOUT = 500;\n' }, named: 'packages/node/src/limits.ts' },
    {
      plant: { 'packages/node/src/limits.ts': 'export const CLOSE_AFTER = 5 * 1_000;\n' },
      named: 'packages/node/src/limits.ts',
    },
  ],
  'file-length': [{ plant: { 'packages/node/src/long.ts': lines(501) }, named: 'packages/node/src/long.ts' }],
  'compiler-version': [
    {
      plant: { 'package-lock.json': '{"packages":{"node_modules/typescript":{"version":"6.0.3"}}}' },
      named: 'package-lock.json',
    },
  ],
  'lock-file': [
    {
      plant: { 'package-lock.json': '{"packages":{"":{"optionalDependencies":{"node-plan9":"24.0.0"}}}}' },
      named: 'package-lock.json',
    },
    {
      plant: { 'package-lock.json': '{"packages":{"":{"optionalDependencies":{"node-plan9":"npm:null@*"}}}}' },
      named: 'package-lock.json',
    },
  ],
  'generated-header': [
    {
      plant: { 'packages/contracts/src/generated/abi.ts': 'export const abi = [];\n' },
      named: 'packages/contracts/src/generated/abi.ts',
    },
  ],
  'metric-units': [
    {
      plant: { 'packages/node/src/metrics.ts': "export const name = 'keymesh_request_duration';\n" },
      named: 'packages/node/src/metrics.ts',
    },
  ],
  'error-pages': [
    {
      plant: { 'packages/sdk/src/errors.ts': "export type SdkErrorCode = 'sdk/unheard-of';\n" },
      named: 'packages/sdk/src/errors.ts',
    },
    {
      plant: { 'docs/errors/sdk.md': '| `sdk/long-gone` | what | do |\n' },
      named: 'docs/errors/sdk.md',
    },
  ],
  'layer-table': [
    {
      plant: {
        'packages/foundation/package.json': '{"version":"0.1.0","dependencies":{"@keymesh/threshold":"0.1.0"}}',
      },
      named: 'packages/foundation/package.json',
    },
    {
      plant: { 'packages/foundation/package.json': '{"version":"0.1.0","dependencies":{"fastify":"5.0.0"}}' },
      named: 'packages/foundation/package.json',
    },
    {
      plant: { 'packages/threshold/tsconfig.json': '{"compilerOptions":{"types":["node"]},"references":[]}' },
      named: 'packages/threshold/tsconfig.json',
    },
    { plant: { 'tsconfig.json': '{"references":[]}' }, named: 'tsconfig.json' },
    { plant: { 'tools/layers.json': '{"packages":{}}' }, named: 'tools/layers.json' },
  ],
  'dead-links': [{ plant: { 'docs/page.md': 'see [this](./nowhere.md)\n' }, named: 'docs/page.md' }],
  'package-pages': [{ plant: { 'packages/extra/package.json': '{}' }, named: 'packages/extra' }],
};

const use = (...specifiers: readonly string[]): string =>
  specifiers.map((specifier, index) => `export * as part${index} from '${specifier}';\n`).join('');

/** Files that break the import rules, each with the rules of `.dependency-cruiser.cjs` that must name it. */
export const PLANTED_IMPORTS: readonly {
  readonly path: string;
  readonly text: string;
  readonly rules: readonly string[];
}[] = [
  { path: 'packages/foundation/src/chicken.ts', text: use('./egg.ts'), rules: ['no-cycle'] },
  { path: 'packages/foundation/src/egg.ts', text: use('./chicken.ts'), rules: [] },
  { path: 'packages/foundation/src/lost.ts', text: use('./nowhere.ts'), rules: ['resolvable'] },
  { path: 'packages/foundation/src/up.ts', text: use('@keymesh/protocol'), rules: ['foundation-imports'] },
  {
    path: 'packages/foundation/src/type-up.ts',
    text: "export type { all } from '@keymesh/protocol';\n",
    rules: ['foundation-imports'],
  },
  { path: 'packages/contracts/src/disk.ts', text: use('node:fs'), rules: ['contracts-imports'] },
  { path: 'packages/threshold/src/system.ts', text: use('node:crypto'), rules: ['threshold-imports'] },
  { path: 'packages/threshold/src/bls/direct.ts', text: use('mcl-wasm'), rules: ['threshold-imports'] },
  { path: 'packages/threshold/src/bls/native/chain.ts', text: use('viem'), rules: ['threshold-imports-native'] },
  { path: 'packages/protocol/src/network.ts', text: use('viem/actions'), rules: ['protocol-imports'] },
  { path: 'packages/actions/src/node.ts', text: use('@keymesh/node'), rules: ['actions-imports'] },
  { path: 'packages/node/src/client.ts', text: use('@keymesh/sdk'), rules: ['node-imports'] },
  { path: 'packages/sdk/src/disk.ts', text: use('node:fs'), rules: ['sdk-imports'] },
  {
    path: 'packages/sdk/src/server.ts',
    text: use('@keymesh/node'),
    rules: ['sdk-imports', 'sdk-runs-in-browsers'],
  },
  { path: 'packages/cli/src/mathematics.ts', text: use('@keymesh/threshold'), rules: ['cli-imports'] },
  { path: 'packages/node/src/deep.ts', text: use('../../foundation/src/index.ts'), rules: ['no-deep-import'] },
  { path: 'simulation/src/deep.ts', text: use('../../packages/node/src/index.ts'), rules: ['no-deep-import'] },
  { path: 'packages/node/src/requests.ts', text: use('./store/sqlite.ts'), rules: ['adapters-at-the-root'] },
  { path: 'packages/node/src/epochs.ts', text: use('./mesh/tls/mesh.ts'), rules: ['adapters-at-the-root'] },
  { path: 'packages/node/src/mesh/tls/mesh.ts', text: 'export {};\n', rules: [] },
  { path: 'packages/node/src/backup.ts', text: use('./store/sqlite/store.ts'), rules: ['adapters-at-the-root'] },
  { path: 'packages/node/src/store/sqlite/store.ts', text: 'export {};\n', rules: [] },
  { path: 'packages/foundation/test/a.test.ts', text: use('@keymesh/threshold'), rules: ['foundation-tests'] },
  { path: 'packages/contracts/test/a.test.ts', text: use('@keymesh/node'), rules: ['contracts-tests'] },
  { path: 'packages/threshold/test/a.test.ts', text: use('@keymesh/protocol'), rules: ['threshold-tests'] },
  { path: 'packages/protocol/test/a.test.ts', text: use('@keymesh/sdk'), rules: ['protocol-tests'] },
  { path: 'packages/actions/test/a.test.ts', text: use('@keymesh/threshold'), rules: ['actions-tests'] },
  { path: 'packages/node/test/a.test.ts', text: use('@keymesh/sdk'), rules: ['node-tests'] },
  { path: 'packages/sdk/test/a.test.ts', text: use('@keymesh/node'), rules: ['sdk-tests'] },
  { path: 'packages/cli/test/a.test.ts', text: use('../../../simulation/src/index.ts'), rules: ['cli-tests'] },
];

const longFunction = `export function long(): number {\n  let sum = 0;\n${'  sum += 1;\n'.repeat(71)}  return sum;\n}\n`;

/** Files that break lint, each with the rule that must name it. */
export const PLANTED_LINT: readonly { readonly path: string; readonly text: string; readonly rule: string }[] = [
  { path: 'packages/node/src/l-function.ts', text: longFunction, rule: 'lint/complexity/noExcessiveLinesPerFunction' },
  { path: 'packages/node/src/l-file.ts', text: lines(501), rule: 'lint/style/noExcessiveLinesPerFile' },
  {
    path: 'packages/node/src/l-chicken.ts',
    text: "import { egg } from './l-egg.ts';\n\nexport const chicken = (): unknown => egg;\n",
    rule: 'lint/suspicious/noImportCycles',
  },
  {
    path: 'packages/node/src/l-egg.ts',
    text: "import { chicken } from './l-chicken.ts';\n\nexport const egg = (): unknown => chicken;\n",
    rule: 'lint/suspicious/noImportCycles',
  },
  {
    path: 'packages/foundation/src/l-date.ts',
    text: 'export const now = (): number => Date.now();\n',
    rule: 'lint/style/noRestrictedGlobals',
  },
  {
    path: 'packages/threshold/src/l-crypto.ts',
    text: 'export const id = (): string => crypto.randomUUID();\n',
    rule: 'lint/style/noRestrictedGlobals',
  },
  {
    path: 'packages/protocol/src/l-random.ts',
    text: 'export const dice = (): number => Math.random();\n',
    rule: 'lint/nursery/noJsRestrictedProperties',
  },
  {
    path: 'packages/protocol/src/l-client.ts',
    text: "import { createPublicClient } from 'viem';\n\nexport const client = createPublicClient;\n",
    rule: 'lint/style/noRestrictedImports',
  },
  {
    path: 'packages/protocol/src/l-undeclared.ts',
    text: "export * as fastCheck from 'fast-check';\n",
    rule: 'lint/correctness/noUndeclaredDependencies',
  },
  {
    path: 'packages/node/src/l-floating.ts',
    text: 'const work = async (): Promise<void> => {};\n\nexport function start(): void {\n  work();\n}\n',
    rule: 'lint/nursery/noFloatingPromises',
  },
  {
    path: 'packages/node/src/l-misused.ts',
    text: 'const ready = async (): Promise<boolean> => false;\n\nexport const state = (): string => {\n  if (ready()) return "up";\n  return "down";\n};\n',
    rule: 'lint/nursery/noMisusedPromises',
  },
  {
    path: 'packages/node/src/l-any.ts',
    text: 'export const size = (value: any): number => value.length;\n',
    rule: 'lint/suspicious/noExplicitAny',
  },
  {
    path: 'packages/node/src/l-assert.ts',
    text: 'export const first = (list: string[]): string => list[0]!;\n',
    rule: 'lint/style/noNonNullAssertion',
  },
  {
    path: 'packages/node/src/l-type.ts',
    text: "import { Hex } from 'viem';\n\nexport const same = (value: Hex): Hex => value;\n",
    rule: 'lint/style/useImportType',
  },
  {
    path: 'packages/node/src/l-unused.ts',
    text: "import { keccak256 } from 'viem';\n\nexport const one = 'one';\n",
    rule: 'lint/correctness/noUnusedImports',
  },
];

/** Expressions that must not compile in a package, because its platform does not have them. */
export const PLANTED_TYPES: readonly { readonly path: string; readonly text: string }[] = [
  ...['foundation', 'threshold', 'protocol', 'contracts'].flatMap((name) =>
    [
      ['timer', 'setTimeout(() => undefined, 1)'],
      ['fetch', "fetch('http://127.0.0.1')"],
      ['process', 'process.env'],
      ['console', "console.log('x')"],
      ['encoder', "new TextEncoder().encode('x')"],
      ['window', 'document.title'],
    ].map(([what, expression]) => ({
      path: `packages/${name}/src/t-${what}.ts`,
      text: `export const planted: unknown = ${expression};\n`,
    })),
  ),
  { path: 'packages/sdk/src/t-process.ts', text: 'export const planted: unknown = process.env;\n' },
  { path: 'packages/sdk/src/t-buffer.ts', text: "export const planted: unknown = Buffer.from('x');\n" },
  { path: 'packages/foundation/src/t-enum.ts', text: 'export enum Planted {\n  One,\n}\n' },
  {
    path: 'packages/foundation/src/t-index.ts',
    text: 'export const planted = (list: readonly string[]): string => list[0];\n',
  },
];
