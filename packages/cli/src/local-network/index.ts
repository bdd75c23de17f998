/**
 * Local networks for programs: tests that need to come between the steps that `keymesh up` makes in one go.
 */

export type { LocalNode, NetworkFile } from './network-file.ts';
export { networkFilePath } from './network-file.ts';
export { startNodeProcess } from './node-process.ts';
export { freePort } from './processes.ts';
export { createNetwork, type UpOptions } from './up.ts';
