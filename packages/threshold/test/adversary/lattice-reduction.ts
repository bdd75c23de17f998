/** Lovász' condition. */
const DELTA = 0.99;
/** Size reduction stops here instead of at ½, so that rounding errors do not keep it going. */
const ETA = 0.51;

const dot = (a: readonly bigint[], b: readonly bigint[]): bigint =>
  a.reduce((sum, value, i) => sum + value * (b[i] as bigint), 0n);

/**
 * LLL reduction (Lenstra, Lenstra, Lovász 1982) of linearly independent rows, in place. Vectors and their inner products
 * are exact; the orthogonalisation is in doubles, computed from the exact products each time (Nguyen–Stehlé's L²), which
 * is good enough for the few dozen dimensions of these tests.
 */
export function reduceLattice(rows: bigint[][]): void {
  const gram = rows.map((row) => rows.map((other) => dot(row, other)));
  const r = rows.map(() => new Array<number>(rows.length).fill(0));
  const mu = rows.map(() => new Array<number>(rows.length).fill(0));
  const at = (matrix: number[][], i: number, j: number): number => matrix[i]?.[j] as number;

  const orthogonalise = (k: number): void => {
    for (let j = 0; j < k; j++) {
      let value = Number(gram[k]?.[j] as bigint);
      for (let l = 0; l < j; l++) value -= at(mu, j, l) * at(r, k, l);
      (r[k] as number[])[j] = value;
      (mu[k] as number[])[j] = value / at(r, j, j);
    }
  };
  const subtract = (k: number, j: number, factor: bigint): void => {
    const target = rows[k] as bigint[];
    (rows[j] as bigint[]).forEach((value, i) => {
      target[i] = (target[i] as bigint) - factor * value;
    });
    const own = gram[k] as bigint[];
    const square = (own[k] as bigint) - 2n * factor * (own[j] as bigint) + factor * factor * (gram[j]?.[j] as bigint);
    for (let i = 0; i < rows.length; i++) own[i] = (own[i] as bigint) - factor * (gram[j]?.[i] as bigint);
    own[k] = square;
    for (let i = 0; i < rows.length; i++) (gram[i] as bigint[])[k] = own[i] as bigint;
  };
  const sizeReduce = (k: number): void => {
    for (;;) {
      orthogonalise(k);
      let done = true;
      for (let j = k - 1; j >= 0; j--) {
        if (Math.abs(at(mu, k, j)) <= ETA) continue;
        done = false;
        const factor = Math.round(at(mu, k, j));
        subtract(k, j, BigInt(factor));
        for (let l = 0; l < j; l++) (mu[k] as number[])[l] = at(mu, k, l) - factor * at(mu, j, l);
      }
      if (done) return;
    }
  };
  const swap = (k: number): void => {
    [rows[k], rows[k - 1]] = [rows[k - 1] as bigint[], rows[k] as bigint[]];
    [gram[k], gram[k - 1]] = [gram[k - 1] as bigint[], gram[k] as bigint[]];
    for (const row of gram) [row[k], row[k - 1]] = [row[k - 1] as bigint, row[k] as bigint];
  };

  for (let k = 0; k < rows.length; ) {
    sizeReduce(k);
    let rest = Number(gram[k]?.[k] as bigint);
    for (let j = 0; j < k - 1; j++) rest -= at(mu, k, j) * at(r, k, j);
    // `rest` is the square of the part of row k that is orthogonal to rows before k − 1.
    if (k > 0 && rest < DELTA * at(r, k - 1, k - 1)) {
      swap(k);
      k--;
      continue;
    }
    (r[k] as number[])[k] = k === 0 ? rest : rest - at(mu, k, k - 1) * at(r, k, k - 1);
    k++;
  }
}
