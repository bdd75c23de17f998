import { enableCompileCache } from 'node:module';
import { parseArgs } from 'node:util';

// Before the rest is loaded: a node starts twice as fast from cached bytecode.
enableCompileCache();

const { loadConfig } = await import('./config/config.ts');
const { startNode } = await import('./composition/node.ts');
const { createLogger, errorFields } = await import('./observability/logger.ts');

const USAGE = 'usage: node main.js --config <node.json>\n';

/** The daemon: one process, one node. Ends with 0 after SIGTERM or SIGINT, with 1 if it cannot go on. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true || values.config === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = values.help === true ? 0 : 1;
    return;
  }
  const config = loadConfig(values.config);
  const logger = createLogger({ name: config.name, level: config.logLevel });
  const fail = (event: string) => (thrown: unknown) => {
    logger.error(event, errorFields(thrown));
    process.exit(1);
  };
  process.on('uncaughtException', fail('node.crashed'));
  process.on('unhandledRejection', fail('node.crashed'));
  const node = await startNode(config, { logger, onFatal: fail('node.failed') }).catch(fail('node.start-failed'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void node.stop().then(() => process.exit(0), fail('node.stop-failed')));
  }
}

await main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
