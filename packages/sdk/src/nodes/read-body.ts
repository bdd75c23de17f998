import { ANSWER_BYTES_MAX } from '../limits.ts';

/**
 * Reads a body piece by piece.
 * @returns false if it grows beyond the limit, and what came until then has been told: a node must not be able to fill
 *   the client's memory.
 */
export async function readBody(answer: Response, onText: (text: string) => void): Promise<boolean> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return true;
  const decoder = new TextDecoder();
  try {
    for (let length = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) {
        onText(decoder.decode());
        return true;
      }
      length += value.length;
      if (length > ANSWER_BYTES_MAX) return false;
      onText(decoder.decode(value, { stream: true }));
    }
  } finally {
    // What is not wanted any more need not come. Not awaited: a body that cannot be cancelled would hold us up.
    reader.cancel().catch(() => undefined);
  }
}

/** The body as text; nothing if it is too long. */
export async function readText(answer: Response): Promise<string> {
  let text = '';
  const isWhole = await readBody(answer, (piece) => {
    text += piece;
  });
  return isWhole ? text : '';
}
