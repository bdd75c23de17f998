import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The first account of every local development chain: its key is public knowledge. */
const DEVELOPMENT_PRIVATE_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

/** Where the network is that `npx keymesh up` started, and a wallet that has money on its chain. */
export function localNetwork(): {
  readonly rpcUrl: string;
  readonly directory: string;
  readonly privateKey: `0x${string}`;
} {
  const folder = process.env.KEYMESH_DIR ?? join(import.meta.dirname, '../.keymesh');
  const { rpcUrl, contracts } = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
  return { rpcUrl, directory: contracts.Directory, privateKey: DEVELOPMENT_PRIVATE_KEY };
}
