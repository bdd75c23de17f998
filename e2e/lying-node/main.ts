import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createLogger, type Handlers, loadConfig, startNode } from '@keymesh/node';
import { LIES, type LieName } from './lies.ts';

/**
 * A node as in production but for what stands between its server and its handlers: `--lie-file` names the lie that it
 * tells now, and is read for each request. For tests only; the production daemon cannot be made to do this.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' }, 'lie-file': { type: 'string' } } });
  const { config: configFile, 'lie-file': lieFile } = values;
  if (configFile === undefined || lieFile === undefined) throw new TypeError('--config and --lie-file are needed');
  const config = loadConfig(configFile);
  const logger = createLogger({ name: `liar-${config.name}`, level: config.logLevel });
  const current = (honest: Handlers): Handlers => LIES[readFileSync(lieFile, 'utf8').trim() as LieName](honest);
  await startNode(config, {
    logger,
    onFatal: () => process.exit(1),
    interpose: (honest) => ({
      health: (request, context) => current(honest).health(request, context),
      ready: (request, context) => current(honest).ready(request, context),
      handshake: (request, context) => current(honest).handshake(request, context),
      sign: (request, context) => current(honest).sign(request, context),
      execute: (request, context) => current(honest).execute(request, context),
      decrypt: (request, context) => current(honest).decrypt(request, context),
    }),
  });
}

await main();
