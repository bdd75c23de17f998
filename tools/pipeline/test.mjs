/** `npm test` runs every stage; `--fast` (`npm run check`) leaves out those that start whole networks. */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { runStages } from './pipeline.mjs';
import { projectNode, run } from './processes.mjs';
import { STAGES } from './stages.mjs';

const fast = process.argv.includes('--fast');

try {
  projectNode();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
process.exitCode = await runStages(
  STAGES.filter((stage) => !fast || stage.fast),
  { run, print: (text) => process.stdout.write(text), now: () => performance.now() },
);
