import { reduceLattice } from './lattice-reduction.ts';

/** nonce = slope · secret + offset modulo the order, and the nonce is below 2^bits. */
export interface HiddenNumberSample {
  readonly slope: bigint;
  readonly offset: bigint;
}

/** constant = first + weight · second + slope · secret modulo the order, and both unknowns are below 2^bits. */
export interface TwoNonceSample {
  readonly constant: bigint;
  readonly weight: bigint;
  readonly slope: bigint;
}

/**
 * The hidden number problem (Boneh–Venkatesan, CRYPTO 1996; for ECDSA Howgrave-Graham–Smart, 2001): candidates for the
 * secret behind nonces of `bits` bits. The caller verifies them; without a bias they are garbage.
 */
export function solveHiddenNumber(order: bigint, samples: readonly HiddenNumberSample[], bits: number): bigint[] {
  const half = 1n << BigInt(bits - 1);
  // Every coordinate of the vector that is looked for is at most about the order.
  const scale = order / half;
  const count = samples.length;
  const rows = samples.map((_, i) => samples.map((__, j) => (i === j ? order * scale : 0n)).concat([0n, 0n]));
  rows.push([...samples.map(({ slope }) => slope * scale), 1n, 0n]);
  rows.push([...samples.map(({ offset }) => (offset - half) * scale), 0n, order]);
  reduceLattice(rows);
  return candidates(
    order,
    rows.map((row) => row[count] as bigint),
  );
}

/** The same for signatures with two nonces each, both short: FROST. */
export function solveTwoNonces(order: bigint, samples: readonly TwoNonceSample[], bits: number): bigint[] {
  const half = 1n << BigInt(bits - 1);
  const scale = order / half;
  const count = samples.length;
  const zeros = () => samples.map(() => 0n);
  const unit = (i: number, value: bigint) => samples.map((_, j) => (i === j ? value : 0n));
  // Coordinates: the first nonces, the second nonces, the secret, a constant.
  const rows = samples.map((_, i) => [...unit(i, order * scale), ...zeros(), 0n, 0n]);
  for (const [i, { weight }] of samples.entries()) {
    rows.push([...unit(i, -weight * scale), ...unit(i, scale), 0n, 0n]);
  }
  rows.push([...samples.map(({ slope }) => -slope * scale), ...zeros(), 1n, 0n]);
  const centred = samples.map(({ constant, weight }) => (constant - half - weight * half) * scale);
  rows.push([...centred, ...zeros(), 0n, order]);
  reduceLattice(rows);
  return candidates(
    order,
    rows.map((row) => row[2 * count] as bigint),
  );
}

function candidates(order: bigint, values: readonly bigint[]): bigint[] {
  const reduced = values.flatMap((value) => [value, -value]).map((value) => ((value % order) + order) % order);
  return [...new Set(reduced)].filter((value) => value !== 0n);
}
