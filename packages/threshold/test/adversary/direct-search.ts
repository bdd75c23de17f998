import { bigintToBytes } from '@keymesh/foundation';

/**
 * Which of the secrets stand anywhere in the bytes, big- or little-endian.
 * @param length of an encoded scalar. Bytes.
 */
export function findInBytes(bytes: readonly Uint8Array[], secrets: readonly bigint[], length: number): bigint[] {
  const haystack = Buffer.concat(bytes);
  return secrets.filter((secret) => {
    const encoded = Buffer.from(bigintToBytes(secret, length));
    return haystack.includes(encoded) || haystack.includes(encoded.reverse());
  });
}

/** Which of the secrets are a · s + b · s' of two of the scalars (or of one alone), for coefficients a and b. */
export function findCombinations(
  order: bigint,
  scalars: readonly bigint[],
  coefficients: readonly bigint[],
  secrets: readonly bigint[],
): bigint[] {
  const mod = (value: bigint): bigint => ((value % order) + order) % order;
  const multiples = new Set<bigint>([0n]);
  for (const scalar of scalars) for (const coefficient of coefficients) multiples.add(mod(scalar * coefficient));
  return secrets.filter((secret) => [...multiples].some((multiple) => multiples.has(mod(secret - multiple))));
}
