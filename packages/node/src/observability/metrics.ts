import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; requests on a healthy node take milliseconds, a condition on a slow chain takes seconds. */
const REQUEST_DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Everything that a node counts, in one place; names carry their unit (Prometheus naming practice). */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<'route' | 'status'>;
  readonly requestDurationSeconds: Histogram<'route'>;
  readonly refusals: Counter<'code'>;
  readonly partialSignatures: Counter<'scheme'>;
  readonly decryptionShares: Counter;
  readonly programRuns: Counter<'outcome'>;
  readonly preparationsMade: Counter<'scheme'>;
  readonly preparationFailures: Counter<'code'>;
  readonly stockDrops: Counter<'reason'>;
  readonly epoch: Gauge;
  readonly chainBlock: Gauge;
  readonly chainTroubles: Counter<'code'>;
  readonly peersConnected: Gauge;
  readonly keyGenerationAttempts: Counter<'outcome'>;
  /** From now on each scrape asks this for the preparations of each scheme: a count that is kept would lag behind. */
  countStockWith(count: () => Iterable<readonly [scheme: string, count: number]>): void;
}

/**
 * @param node the node's name, a label of every metric.
 * @param version of the release, the label of `keymesh_build_info`.
 */
export function createMetrics(node: string, version: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ node });
  const registers = [registry];
  const counter = <Label extends string>(
    metric: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> => new Counter({ name: metric, help, labelNames: [...labelNames], registers });
  const gauge = (metric: string, help: string): Gauge => new Gauge({ name: metric, help, registers });
  new Gauge({ name: 'keymesh_build_info', help: 'Always 1.', labelNames: ['version'], registers }).set({ version }, 1);
  let countStock: Parameters<Metrics['countStockWith']>[0] = () => [];
  new Gauge({
    name: 'keymesh_preparations_stocked_count',
    help: 'Preparations in memory that are not used yet, by scheme.',
    labelNames: ['scheme'],
    registers,
    collect() {
      for (const [scheme, count] of countStock()) this.set({ scheme }, count);
    },
  });
  return {
    registry,
    countStockWith: (count) => {
      countStock = count;
    },
    requests: counter('keymesh_requests_total', 'Requests answered, by route and HTTP status.', ['route', 'status']),
    requestDurationSeconds: new Histogram({
      name: 'keymesh_request_duration_seconds',
      help: 'Time from the first byte of a request to its answer.',
      labelNames: ['route'],
      buckets: REQUEST_DURATION_BUCKETS_SECONDS,
      registers,
    }),
    refusals: counter('keymesh_refusals_total', 'Requests refused, by error code.', ['code']),
    partialSignatures: counter('keymesh_partial_signatures_total', 'Partial signatures given out, by scheme.', [
      'scheme',
    ]),
    decryptionShares: counter('keymesh_decryption_shares_total', 'Decryption shares given out.'),
    programRuns: counter('keymesh_program_runs_total', 'Programs that were run, by outcome.', ['outcome']),
    preparationsMade: counter('keymesh_preparations_made_total', 'Preparations made, by scheme.', ['scheme']),
    preparationFailures: counter('keymesh_preparation_failures_total', 'Batches that failed, by error code.', ['code']),
    stockDrops: counter('keymesh_stock_drops_total', 'Messages about preparations that were not used, by reason.', [
      'reason',
    ]),
    epoch: gauge('keymesh_epoch_number', 'The epoch in service; 0 before the first.'),
    chainBlock: gauge('keymesh_chain_block_number', 'The newest block that the node has seen.'),
    chainTroubles: counter('keymesh_chain_troubles_total', 'Looks at the chain that failed, by error code.', ['code']),
    peersConnected: gauge('keymesh_peers_connected_count', 'Members with a live mesh connection.'),
    keyGenerationAttempts: counter('keymesh_key_generation_attempts_total', 'Runs of key generation, by outcome.', [
      'outcome',
    ]),
  };
}
