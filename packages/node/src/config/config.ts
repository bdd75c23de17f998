import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { type ActionLimits, DEFAULT_ACTION_LIMITS, RUNNING_DEFAULT_MAX } from '@keymesh/actions/limits';
import { chainNameSchema } from '@keymesh/protocol/conditions';
import * as v from 'valibot';
import { NodeError } from '../errors.ts';

const Port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const Address = v.pipe(v.string(), v.regex(/^0x[0-9a-fA-F]{40}$/, 'must be a 20-byte address with 0x'));
// The messages do not repeat the value: an RPC address may hold credentials.
const Url = v.pipe(v.string(), v.check(isHttpUrl, 'must be an http or https URL'));
const Text = v.pipe(v.string(), v.minLength(1, 'must not be empty'));
const Listen = { host: Text, port: Port };
const StockLevel = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_024));
const Network = v.pipe(v.string(), v.check(isNetwork, 'must be an IP address or address/prefix'));

/** The file that one node process reads. Paths are relative to the file. Unknown keys are refused, so that a typo is seen. */
const LIMIT_NAMES = Object.keys(DEFAULT_ACTION_LIMITS) as (keyof ActionLimits)[];

export const NodeConfigSchema = v.strictObject({
  /** Shown in logs and metrics. */
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 of a-z, 0-9 and -')),
  /** JSON-RPC of the chain that holds the Keymesh contracts. */
  rpcUrl: Url,
  /** The contract from which all others are found. */
  directory: Address,
  /** Where clients connect. */
  http: v.strictObject({
    ...Listen,
    /** Proxies whose `x-forwarded-for` is believed, e.g. `127.0.0.1` or `10.0.0.0/8`; of no other connection it is. */
    trustedProxies: v.optional(v.array(Network), []),
  }),
  /** Where the other members connect. */
  mesh: v.strictObject(Listen),
  /** Holds the identity and the store; created with mode 0700. */
  dataDirectory: Text,
  /** A file with 32 bytes as hex, or any passphrase; what is secret on disk is sealed under it. */
  sealingKeyFile: Text,
  /** Chains that conditions may name, e.g. { "base": { "chainId": 8453, "rpcUrls": ["https://…"] } }. */
  chains: v.record(
    chainNameSchema,
    v.pipe(
      v.strictObject({
        chainId: v.pipe(v.number(), v.integer(), v.minValue(1)),
        rpcUrls: v.pipe(v.array(Url), v.minLength(1)),
        /** How many of the endpoints must say the same before it is believed. */
        quorum: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
        /** What programs are told as the chain's endpoint (`getRpcUrl`); the others may hold the operator's credentials. */
        publicRpcUrl: v.exactOptional(Url),
      }),
      v.check(({ rpcUrls, quorum }) => quorum <= rpcUrls.length, 'quorum must not be above the number of rpcUrls'),
    ),
  ),
  /** How often the contracts are read. Milliseconds. */
  pollIntervalMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(60_000)), 1_000),
  /** A member that is silent for so long in a round of key generation is left out of the next attempt. Milliseconds. */
  keygenRoundTimeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(500), v.maxValue(600_000)), 20_000),
  /** Requests per minute that one client address may make. */
  requestsPerMinute: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000_000)), 6_000),
  /** Signatures prepared ahead for each signer set and scheme in use, of those that this node owns. */
  stock: v.optional(
    v.pipe(
      v.strictObject({ low: v.optional(StockLevel, 8), high: v.optional(StockLevel, 256) }),
      v.check(({ low, high }) => low <= high, 'low must not be above high'),
    ),
    {},
  ),
  /** Running programs. Without it the node runs none. */
  actions: v.exactOptional(
    v.strictObject({
      /** Whether the node refuses to start where the second wall cannot stand. Only a local network may say `optional`. */
      walls: v.optional(v.picklist(['required', 'optional']), 'required'),
      /** Sandboxes that are started ahead. */
      sandboxes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)), 2),
      /** Programs that run at one time. */
      running: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4_096)), RUNNING_DEFAULT_MAX),
      /** `host` or `host:port` that programs may reach although its address is not of the public internet. */
      allowedHosts: v.optional(v.array(Text), []),
      /** Whether runs are written down for callers that ask for it, secrets included. For development only. */
      recordings: v.optional(v.boolean(), false),
      /** Where programs are looked for by CID, as `<gateway>/ipfs/<cid>`. What they answer is verified. */
      ipfsGateways: v.optional(v.array(Url), []),
      /** Limits of a run other than the defaults of `@keymesh/actions`. */
      limits: v.optional(v.record(v.picklist(LIMIT_NAMES), v.pipe(v.number(), v.integer(), v.minValue(1))), {}),
    }),
  ),
  /** Least urgent lines that are written. */
  logLevel: v.optional(v.picklist(['trace', 'debug', 'info', 'warn', 'error', 'silent']), 'info'),
});

export type NodeConfig = v.InferOutput<typeof NodeConfigSchema>;
/** What is written to the file: defaults may be absent. */
export type NodeConfigFile = v.InferInput<typeof NodeConfigSchema>;

/**
 * Reads and checks a configuration file.
 * @throws NodeError `config/unreadable` or `config/invalid`, the latter with every offending key.
 */
export function loadConfig(path: string): NodeConfig {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new NodeError(`The configuration ${path} cannot be read.`, {
      code: 'config/unreadable',
      fault: 'caller',
      hint: 'Give the path of a JSON file, e.g. --config node.json. docs/operations/configuration.md lists its keys.',
      cause,
    });
  }
  const result = v.safeParse(NodeConfigSchema, parsed);
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'file'}: ${issue.message}`);
    throw new NodeError(`The configuration ${path} is invalid: ${problems.join('; ')}.`, {
      code: 'config/invalid',
      fault: 'caller',
      hint: 'Correct the keys named above; docs/operations/configuration.md lists all of them.',
    });
  }
  const base = dirname(resolve(path));
  return {
    ...result.output,
    dataDirectory: resolve(base, result.output.dataDirectory),
    sealingKeyFile: resolve(base, result.output.sealingKeyFile),
  };
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  return ['http:', 'https:'].includes(new URL(text).protocol);
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits < 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}
