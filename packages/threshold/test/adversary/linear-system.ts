import { invert } from '@noble/curves/abstract/modular.js';

/** Σ coefficient · unknown = constant, modulo a prime. */
export interface Equation {
  readonly coefficients: Readonly<Record<string, bigint>>;
  readonly constant: bigint;
}

interface Row {
  readonly pivot: string;
  readonly coefficients: Map<string, bigint>;
  constant: bigint;
}

/**
 * Equations modulo a prime in reduced echelon form. An unknown is determined exactly if its unit vector is in the span
 * of the rows: the rank argument of the extraction tests.
 */
export class LinearSystem {
  readonly #order: bigint;
  readonly #rows = new Map<string, Row>();
  #contradicts = false;

  constructor(order: bigint, equations: readonly Equation[] = []) {
    this.#order = order;
    for (const equation of equations) this.add(equation);
  }

  get rank(): number {
    return this.#rows.size;
  }

  /** Whether the equations have no solution: what an attacker assumed is wrong. */
  get contradicts(): boolean {
    return this.#contradicts;
  }

  add({ coefficients, constant }: Equation): void {
    const row = new Map<string, bigint>();
    let rest = this.#mod(constant);
    const put = (name: string, value: bigint): void => {
      const sum = this.#mod((row.get(name) ?? 0n) + value);
      if (sum === 0n) row.delete(name);
      else row.set(name, sum);
    };
    for (const [name, value] of Object.entries(coefficients)) {
      const known = this.#rows.get(name);
      if (known === undefined) {
        put(name, value);
        continue;
      }
      rest = this.#mod(rest - value * known.constant);
      for (const [other, weight] of known.coefficients) if (other !== name) put(other, -value * weight);
    }
    const first = row.entries().next().value;
    if (first === undefined) {
      if (rest !== 0n) this.#contradicts = true;
      return;
    }
    const [pivot, lead] = first;
    const scale = invert(lead, this.#order);
    for (const [name, value] of row) row.set(name, this.#mod(value * scale));
    this.#eliminate({ pivot, coefficients: row, constant: this.#mod(rest * scale) });
  }

  /** The value of an unknown, if the equations determine it. */
  solve(unknown: string): bigint | undefined {
    const row = this.#rows.get(unknown);
    return row !== undefined && row.coefficients.size === 1 ? row.constant : undefined;
  }

  /** Takes the new pivot out of all rows. */
  #eliminate(row: Row): void {
    for (const earlier of this.#rows.values()) {
      const factor = earlier.coefficients.get(row.pivot);
      if (factor === undefined) continue;
      for (const [name, value] of row.coefficients) {
        const sum = this.#mod((earlier.coefficients.get(name) ?? 0n) - factor * value);
        if (sum === 0n) earlier.coefficients.delete(name);
        else earlier.coefficients.set(name, sum);
      }
      earlier.constant = this.#mod(earlier.constant - factor * row.constant);
    }
    this.#rows.set(row.pivot, row);
  }

  #mod(value: bigint): bigint {
    const rest = value % this.#order;
    return rest < 0n ? rest + this.#order : rest;
  }
}
