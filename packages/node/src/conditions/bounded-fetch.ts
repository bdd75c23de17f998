import { NodeError } from '../errors.ts';

/**
 * `fetch` for endpoints that answer with what others wrote: a body longer than the limit is an error, before it fills
 * the memory. Redirects are not followed: the operator named the endpoint.
 * @param bytesMax of a body.
 * @returns a `fetch` that rejects with NodeError `chain/unexpected-data` for a longer one.
 */
export function createBoundedFetch(bytesMax: number): typeof fetch {
  return async (input, init) => {
    const answer = await fetch(input, { ...init, redirect: 'error' });
    const { status, headers } = answer;
    return new Response(await readAll(answer, bytesMax), { status, headers });
  };
}

async function readAll(answer: Response, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the rest of the body.
    if (length > bytesMax) throw tooLong(bytesMax);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function tooLong(bytesMax: number): NodeError {
  return new NodeError(`The answer of an endpoint is longer than ${bytesMax} bytes.`, {
    code: 'chain/unexpected-data',
    fault: 'environment',
    hint: 'If a condition calls a contract that returns so much, nobody can satisfy it.',
    details: { bytesMax },
  });
}
