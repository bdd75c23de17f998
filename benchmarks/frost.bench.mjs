/**
 * FROST: what one signer does in round 2, and what the coordinator does to aggregate, from received bytes to result.
 * Ours over native curves and over noble, against `@noble/curves` FROST, in one process and in turn. Every result is
 * checked: all must give the same bytes. Each side decodes and validates all commitments every time.
 *
 * Suites that noble's FROST cannot express are measured against our own code over noble's curves: the first row is 1.
 *
 * Run: node --conditions=keymesh:source benchmarks/frost.bench.mjs [scheme …]
 */
import { randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { SecretBytes } from '@keymesh/foundation';
import { nobleCurves } from '@keymesh/threshold/curves';
import {
  aggregate,
  commit,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  frostSuites,
  signShare,
} from '@keymesh/threshold/frost';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { commitToPolynomial, evaluatePolynomial, randomPolynomial } from '@keymesh/threshold/sharing';
import { createFROST } from '@noble/curves/abstract/frost.js';
import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { ed448_FROST } from '@noble/curves/ed448.js';
import { ed25519_FROST, ristretto255_FROST } from '@noble/curves/ed25519.js';
import { p256_FROST, p384 } from '@noble/curves/nist.js';
import { secp256k1_FROST } from '@noble/curves/secp256k1.js';

/** Per suite and size. */
const BUDGET_MS = 4000;
const ROUNDS_MIN = 7;
const SIZES = [
  { threshold: 7, parties: 10 },
  { threshold: 67, parties: 100 },
];

/** noble has no FROST over P-384, but it can be told: `hash_to_field` at 192 bits of security. */
const p384_FROST = createFROST({
  name: 'FROST-P384-SHA384-v1',
  Point: p384.Point,
  hash: p384.hash,
  hashToScalar: (message, options) => {
    const field = { p: p384.Point.Fn.ORDER, m: 1, k: 192, expand: 'xmd', hash: p384.hash };
    return hash_to_field(message, 1, { DST: options?.DST, ...field })[0][0];
  },
});

const REFERENCES = {
  SchnorrEd25519Sha512: ed25519_FROST,
  SchnorrK256Sha256: secp256k1_FROST,
  SchnorrP256Sha256: p256_FROST,
  SchnorrP384Sha384: p384_FROST,
  SchnorrRistretto25519Sha512: ristretto255_FROST,
  SchnorrEd448Shake256: ed448_FROST,
};
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(frostSuites);

const random = (length) => new Uint8Array(randomBytes(length));
const nativeCurves = await loadNativeCurves();

/** A key, its signers and one message, with everything that crosses the wire as bytes. */
function prepare(suite, { threshold, parties }) {
  const curve = nativeCurves[suite.curve];
  const polynomial = randomPolynomial(curve, threshold, random);
  const commitments = commitToPolynomial(curve, polynomial).map((point) => curve.encodePoint(point));
  const stride = Math.floor(parties / threshold);
  const signers = Array.from({ length: threshold }, (_, i) => 1 + i * stride);
  const shares = new Map(signers.map((party) => [party, evaluatePolynomial(curve, polynomial, party)]));
  return { suite, commitments, signers, shares, threshold, parties, message: random(32) };
}

/** Fresh nonces of round 1 for our side, outside the measured part. */
function ourSide(session, curve) {
  const { suite, message } = session;
  const rootCommitments = session.commitments.map((bytes) => curve.decodePoint(bytes));
  const share = (party) => new SecretBytes(curve.encodeScalar(session.shares.get(party)));
  const contextFrom = (received) =>
    createSigningContext({
      suite,
      key: createGroupKey(curve, rootCommitments),
      commitments: decodeCommitments(curve, received),
      message,
    });
  return {
    round1: (randomOf) =>
      session.signers.map((party) => commit({ suite, curve, party, share: share(party), random: randomOf(party) })),
    sign: (nonces, received) => signShare(contextFrom(received), nonces, share(nonces.commitment.party)),
    aggregate: (received, shares) =>
      aggregate(
        contextFrom(received),
        session.signers.map((party, i) => ({ party, share: shares[i] })),
      ),
  };
}

function nobleSide(session, frost) {
  const curve = nativeCurves[session.suite.curve];
  const id = (party) => frost.Identifier.fromNumber(party);
  const publicPackage = {
    signers: { min: session.threshold, max: session.parties },
    commitments: session.commitments,
    verifyingShares: Object.fromEntries(
      session.signers.map((party) => [id(party), curve.encodePoint(curve.multiplyBase(session.shares.get(party)))]),
    ),
  };
  const secret = (party) => ({ identifier: id(party), signingShare: curve.encodeScalar(session.shares.get(party)) });
  return {
    round1: (randomOf) => session.signers.map((party) => frost.commit(secret(party), randomOf(party))),
    sign: (party, nonces, list) => frost.signShare(secret(party), publicPackage, nonces, list, session.message),
    aggregate: (list, shares) =>
      frost.aggregate(
        publicPackage,
        list,
        session.message,
        Object.fromEntries(session.signers.map((party, i) => [id(party), shares[i]])),
      ),
  };
}

/**
 * Runs all sides in turn, round after round, so that a busy machine slows all of them alike.
 * `prepareSign` makes the nonces of one signature and is not measured.
 */
function measure(sides) {
  const rounds = sides.map(() => []);
  const time = (run, input) => {
    const start = performance.now();
    run(input);
    return performance.now() - start;
  };
  const round = () =>
    sides.map((side) => ({ sign: time(side.sign, side.prepareSign()), aggregate: time(side.aggregate) }));
  round();
  const end = performance.now() + BUDGET_MS;
  for (let done = 0; done < ROUNDS_MIN || performance.now() < end; done++) {
    round().forEach((result, i) => {
      rounds[i].push(result);
    });
  }
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const sumOf = ({ sign, aggregate: total }) => sign + total;
  return sides.map(({ name }, i) => ({
    name,
    sign: median(rounds[i].map((result) => result.sign)),
    aggregate: median(rounds[i].map((result) => result.aggregate)),
    sum: median(rounds[i].map(sumOf)),
    ratio: median(rounds[i].map((result, at) => sumOf(rounds[0][at]) / sumOf(result))),
  }));
}

/** The same nonce randomness for every side, so that all must produce the same bytes. */
function replayed(session) {
  const fixed = new Map(session.signers.map((party) => [party, [random(32), random(32)]]));
  return (party) => {
    const rest = fixed.get(party).map((bytes) => bytes.slice());
    return () => rest.shift();
  };
}

function compare(suite, frost, size) {
  const session = prepare(suite, size);
  const randomOf = replayed(session);
  const [self] = session.signers;
  // The shares of all signers, from the fastest side; the others must agree on the first one and on the signature.
  const fastest = ourSide(session, nativeCurves[suite.curve]);
  const received = fastest.round1(randomOf).map((nonces) => nonces.commitment);
  const shares = fastest.round1(randomOf).map((nonces) => fastest.sign(nonces, received));
  const expected = { share: shares[0], signature: fastest.aggregate(received, shares) };
  const assertEqual = (name, share, signature) => {
    const equal = Buffer.compare(share, expected.share) === 0 && Buffer.compare(signature, expected.signature) === 0;
    if (!equal) throw new Error(`${suite.id} of ${name} differs`);
  };

  const referenceSide = () => {
    const name = '@noble/curves FROST';
    const reference = nobleSide(session, frost);
    const round1 = reference.round1(randomOf);
    const list = round1.map(({ commitments }) => commitments);
    // It wipes the nonces that it is given.
    const prepareSign = () => structuredClone(round1[0].nonces);
    const sign = (nonces) => reference.sign(self, nonces, list);
    const finish = () => reference.aggregate(list, shares);
    assertEqual(name, sign(prepareSign()), finish());
    return { name, prepareSign, sign, aggregate: finish };
  };
  const ourSideOver = (curve) => {
    const name = `keymesh over ${curve.backend}`;
    const ours = ourSide(session, curve);
    const prepareSign = () => {
      const share = new SecretBytes(curve.encodeScalar(session.shares.get(self)));
      return commit({ suite, curve, party: self, share, random: randomOf(self) });
    };
    const sign = (nonces) => ours.sign(nonces, received);
    const finish = () => ours.aggregate(received, shares);
    assertEqual(name, sign(prepareSign()), finish());
    return { name, prepareSign, sign, aggregate: finish };
  };
  const curves = [nobleCurves[suite.curve], nativeCurves[suite.curve]];
  return measure([...(frost === undefined ? [] : [referenceSide()]), ...curves.map(ourSideOver)]);
}

console.log(
  `${cpus()[0]?.model}, node ${process.version}; medians in ms; ratio: median over rounds of first row / this\n`,
);
const heading = ['suite', 'signers', 'side', 'sign', 'aggregate', 'sum', 'ratio'];
const table = [heading];
for (const size of SIZES) {
  for (const scheme of wanted) {
    const suite = frostSuites[scheme];
    for (const row of compare(suite, REFERENCES[scheme], size)) {
      table.push([
        suite.id,
        `${size.threshold} of ${size.parties}`,
        row.name,
        ...[row.sign, row.aggregate, row.sum].map((ms) => ms.toFixed(2)),
        `${row.ratio.toFixed(1)}x`,
      ]);
    }
  }
}
for (const row of table) {
  console.log(row.map((cell, i) => (i < 3 ? cell.padEnd([40, 11, 26][i]) : cell.padStart(11))).join(''));
}
