import { KeymeshError } from '@keymesh/foundation';
import { expect } from 'vitest';

/** The code of the error that `run` throws or rejects with; fails if there is none of ours. */
export async function codeOf(run: () => unknown): Promise<string> {
  return (await errorOf(run)).code;
}

export async function errorOf(run: () => unknown): Promise<KeymeshError> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(KeymeshError);
  return thrown as KeymeshError;
}
