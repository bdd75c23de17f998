import { NodeError } from '../errors.ts';

/** Several endpoints of one chain, of which so many must say the same before it is believed. */
export interface Quorum<Endpoint> {
  readonly endpoints: readonly Endpoint[];
  /** Endpoints; at most as many as there are. */
  readonly needed: number;
  /** What is asked, for errors. */
  readonly what: string;
}

/**
 * The number of the newest block that `needed` endpoints have reached. The slowest are not waited for beyond their own
 * time limit, and a few that name a block too old or too new do not move it.
 *
 * @param newestOf the number of one endpoint's newest block.
 * @throws NodeError `chain/no-quorum`; where no endpoint answers, what the first one threw.
 */
export async function newestSharedBlock<Endpoint>(
  quorum: Quorum<Endpoint>,
  newestOf: (endpoint: Endpoint) => Promise<bigint>,
): Promise<bigint> {
  const results = await Promise.allSettled(quorum.endpoints.map(newestOf));
  const numbers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  numbers.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  const shared = numbers[quorum.needed - 1];
  if (shared !== undefined) return shared;
  throw noQuorum(quorum, numbers.length, results);
}

/**
 * The answer that `needed` endpoints give alike, as soon as they have.
 *
 * @param ask must ask each endpoint about the same block.
 * @param textOf equal answers, and no others, have equal texts.
 * @throws NodeError `chain/no-quorum`; where no endpoint answers, what the first one threw.
 */
export async function agreedAnswer<Endpoint, Answer>(
  quorum: Quorum<Endpoint>,
  ask: (endpoint: Endpoint) => Promise<Answer>,
  textOf: (answer: Answer) => string,
): Promise<Answer> {
  const votes = new Map<string, number>();
  const asked = quorum.endpoints.map(async (endpoint) => {
    const answer = await ask(endpoint);
    const text = textOf(answer);
    const count = (votes.get(text) ?? 0) + 1;
    votes.set(text, count);
    if (count < quorum.needed) throw new Outvoted();
    return answer;
  });
  try {
    return await Promise.any(asked);
  } catch {
    const results = await Promise.allSettled(asked);
    throw noQuorum(quorum, Math.max(0, ...votes.values()), results);
  }
}

/** What an endpoint's own promise ends with when it answered and was not the one that made the quorum. */
class Outvoted extends Error {}

function noQuorum<Endpoint>(
  { endpoints, needed, what }: Quorum<Endpoint>,
  alike: number,
  results: readonly PromiseSettledResult<unknown>[],
): unknown {
  const failures = results.flatMap((result) =>
    result.status === 'rejected' && !(result.reason instanceof Outvoted) ? [result.reason as unknown] : [],
  );
  const answered = endpoints.length - failures.length;
  if (answered === 0) return failures[0];
  return new NodeError(
    `Too few endpoints agree on ${what}: ${answered} of ${endpoints.length} answered, ${alike} of them alike, and ${needed} must.`,
    {
      code: 'chain/no-quorum',
      fault: 'environment',
      hint: 'Try again. Operators: see that the endpoints of the chain answer and follow it; "quorum" under "chains" says how many must agree.',
      details: { endpoints: endpoints.length, answered, alike, needed },
      ...(failures.length === 0 ? {} : { cause: failures[0] }),
    },
  );
}
