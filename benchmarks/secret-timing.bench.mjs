/**
 * Whether the time of a secret multiplication tells the scalar's class: small, sparse, dense, near the order, random. The
 * classes run in turn, in an order that is drawn anew in each round; the table has lower quartiles, which a busy machine
 * disturbs least, and how far apart the classes are. noble is the control: there the classes must differ.
 *
 * A difference proves a leak; none proves nothing beyond these classes (this is no dudect run).
 *
 * Run: node --conditions=keymesh:source benchmarks/secret-timing.bench.mjs [curve …]
 */
import { randomBytes, randomInt } from 'node:crypto';
import { nobleCurves, randomScalar } from '@keymesh/threshold/curves';
import { loadNativeCurves } from '@keymesh/threshold/native';

const ROUNDS = 60;
/** Products that are timed at once. */
const BATCH = 8;

const native = await loadNativeCurves();
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(native);

const classesOf = ({ order }) => ({
  three: () => 3n,
  half: () => (1n << 128n) - 1n,
  sparse: () => 1n << 250n,
  last: () => order - 1n,
  random: (curve) => randomScalar(curve, (length) => new Uint8Array(randomBytes(length))),
});

function shuffled(list) {
  const rest = [...list];
  return list.map(() => rest.splice(randomInt(rest.length), 1)[0]);
}

/** Class → lower quartile of one product's time. Microseconds. */
function measure(curve, multiply) {
  const classes = classesOf(curve);
  const names = Object.keys(classes);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -5; round < ROUNDS; round++) {
    for (const name of shuffled(names)) {
      const scalars = Array.from({ length: BATCH }, () => classes[name](curve));
      const start = performance.now();
      for (const scalar of scalars) multiply(scalar);
      if (round >= 0) times[name].push(((performance.now() - start) / BATCH) * 1000);
    }
  }
  return names.map((name) => times[name].sort((a, b) => a - b)[ROUNDS >> 2]);
}

const names = Object.keys(classesOf(nobleCurves.p256));
console.log(['curve', 'backend', 'operation', ...names, 'spread'].map((cell) => cell.padStart(13)).join(''));
for (const name of wanted) {
  for (const curve of new Set([native[name], nobleCurves[name]])) {
    const point = curve.multiplyBase(5n);
    const operations = { base: (k) => curve.multiplyBase(k), point: (k) => curve.multiply(point, k) };
    for (const [operation, multiply] of Object.entries(operations)) {
      const row = measure(curve, multiply);
      const spread = `${((Math.max(...row) / Math.min(...row) - 1) * 100).toFixed(0)}%`;
      const cells = [name, curve.backend, operation, ...row.map((time) => time.toFixed(0)), spread];
      console.log(cells.map((cell) => cell.padStart(13)).join(''));
    }
  }
}
