/**
 * What a store keeps apart, by number. The numbers are on disk and in what is sealed: a number is never given to
 * something else, also not after its namespace is retired.
 */
export const NAMESPACES = {
  /** Durable facts that are no secret, by their name in UTF-8, e.g. how far the chain was followed. */
  meta: 1,
  /** Executions that this node takes part in, by execution id; the value is empty. */
  joinedExecutions: 2,
  /** Shares of finished key generations, by execution id; sealed. */
  keyShares: 3,
  /** Pairs with a peer that failed a check of ECDSA, by epoch id and peer; the value is empty. */
  burntPairs: 4,
} as const;

export type Namespace = (typeof NAMESPACES)[keyof typeof NAMESPACES];

/** Numbers that were in use once. */
export const RETIRED_NAMESPACES: readonly number[] = [];

/** The number that files outside the store put in its place when they seal something. */
export const SEALED_FILE_NAMESPACE = 1_000;
