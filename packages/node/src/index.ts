export { type NodeModules, type RunningNode, startNode } from './composition/node.ts';
export { systemClock } from './composition/platform.ts';
export { programDirectory } from './composition/programs-side.ts';
export { createIdentity } from './composition/storage.ts';
export { loadConfig, type NodeConfig, type NodeConfigFile, NodeConfigSchema } from './config/config.ts';
export { NodeError, type NodeErrorCode } from './errors.ts';
export type { Handlers, RequestContext } from './http/handlers.ts';
export type { PublicIdentity } from './identity/node-identity.ts';
export { createLogger, type Logger, type LogLevel } from './observability/logger.ts';
