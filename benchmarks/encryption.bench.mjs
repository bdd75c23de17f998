/**
 * Identity-based encryption against the reference's own library, in one process and on the same inputs.
 *
 *   node --conditions=keymesh:source benchmarks/encryption.bench.mjs
 *
 * Prints the median time in milliseconds of each operation for each backend, and its ratio to `@lit-protocol/wasm`.
 * Every output is checked, across libraries, before anything is timed. Takes about 10 seconds on an idle machine.
 */
import { randomBytes } from 'node:crypto';
import { SecretBytes, toHex, utf8 } from '@keymesh/foundation';
import {
  aggregate,
  BLS_ORDER,
  combine,
  decrypt,
  decryptWithPartials,
  encodeShareJson,
  encrypt,
  nobleBls,
  partialSign,
  verifyingSharesOf,
} from '@keymesh/threshold/bls';
import { loadMclBls } from '@keymesh/threshold/bls-mcl';
import { loadNativeBls } from '@keymesh/threshold/bls-native';
import { blsCombine, blsDecrypt, blsEncrypt, blsVerify } from '@lit-protocol/wasm';

const PARTIES = [1, 2, 4, 5, 7, 8, 10];
const THRESHOLD = PARTIES.length;
const PLAINTEXT_BYTES = 64;
/** Measured runs of each operation; odd, so that the median is one of them. */
const ROUNDS = 11;
/** Runs before them, for the compilers. */
const WARM_UP_ROUNDS = 2;

const random = (length) => Uint8Array.from(randomBytes(length));
const identity = utf8(`lit-accesscontrolcondition://${'ab'.repeat(32)}/${'cd'.repeat(32)}`);
const plaintext = random(PLAINTEXT_BYTES);
const key = dealKey();

const mcl = await loadMclBls();
const backends = [nobleBls, mcl, await loadNativeBls(nobleBls), await loadNativeBls(mcl)];

const partials = PARTIES.map((party) => partialSign(mcl, party, key.share(party), identity, random));
const shares = partials.map(encodeShareJson);
const signature = combine(mcl, partials);
const ciphertext = await blsEncrypt(key.publicKey, plaintext, identity);

await checkOutputs();

print(await measure());

/** A 7-of-10 key with a dealer, for measuring only. */
function dealKey() {
  const coefficients = PARTIES.map(() => BigInt(`0x${toHex(random(48))}`) % BLS_ORDER);
  const bytes = (scalar) => Uint8Array.from(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'));
  const commitments = coefficients.map((c) => nobleBls.encodeG1(nobleBls.multiplyG1Base(bytes(c), random)));
  const at = (x) => coefficients.reduceRight((sum, c) => (sum * BigInt(x) + c) % BLS_ORDER, 0n);
  return { publicKey: commitments[0], commitments, share: (party) => new SecretBytes(bytes(at(party))) };
}

async function checkOutputs() {
  const expected = toHex(plaintext);
  equal(await blsCombine(shares), toHex(signature), 'the combined signature');
  for (const backend of backends) {
    equal(toHex(combine(backend, partials)), toHex(signature), `${backend.name}: combined signature`);
    equal(toHex(decrypt(backend, { signature, ciphertext, random })), expected, `${backend.name}: decrypts`);
    equal(toHex(decryptWithPartials(backend, parameters(backend)).plaintext), expected, `${backend.name}: from shares`);
    const own = encrypt(backend, { publicKey: key.publicKey, identity, plaintext, random });
    equal(toHex(await blsDecrypt(own, shares)), expected, `${backend.name}: the reference decrypts`);
    const party = PARTIES[0];
    const signed = partialSign(backend, party, key.share(party), identity, random).value;
    equal(toHex(signed), toHex(partials[0].value), `${backend.name}: partial signature`);
  }
}

function equal(actual, expected, what) {
  if (actual !== expected) throw new Error(`Wrong output before measuring: ${what}.`);
}

function parameters(backend) {
  const verifyingShares = verifyingSharesOf(backend, key.commitments);
  const common = { publicKey: key.publicKey, threshold: THRESHOLD, partials, verifyingShares, random };
  return { ...common, ciphertext, identity, message: identity };
}

/** The operations of one backend, in the order of the table's columns. */
function operationsOf(backend) {
  const share = key.share(PARTIES[0]);
  return [
    () => encrypt(backend, { publicKey: key.publicKey, identity, plaintext, random }),
    () => {
      const { signature: verified } = aggregate(backend, parameters(backend));
      return decrypt(backend, { signature: verified, ciphertext, random });
    },
    () => decryptWithPartials(backend, parameters(backend)),
    () => partialSign(backend, PARTIES[0], share, identity, random),
  ];
}

/** Rows of a name and medians in milliseconds. */
async function measure() {
  const all = await medians([
    () => blsEncrypt(key.publicKey, plaintext, identity),
    () => blsDecrypt(ciphertext, shares),
    () => blsCombine(shares),
    () => blsVerify(key.publicKey, identity, toHex(signature)),
    ...backends.flatMap(operationsOf),
  ]);
  const [encrypting, decrypting, combining, verifying, ...ours] = all;
  // blsDecrypt combines the shares itself and verifies nothing: alone it is the strictest thing to compare with.
  const rows = [
    ['@lit-protocol/wasm', encrypting, decrypting, decrypting, undefined],
    ['  + blsCombine', undefined, combining + decrypting, combining + decrypting, undefined],
    ['  + blsVerify', undefined, combining + verifying + decrypting, undefined, undefined],
  ];
  const columns = ours.length / backends.length;
  backends.forEach(({ name }, i) => {
    rows.push([name, ...ours.slice(i * columns, (i + 1) * columns)]);
  });
  return rows;
}

/** Each round runs every operation once, so that a busy moment of the machine falls on all of them. */
async function medians(operations) {
  const times = operations.map(() => []);
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const [i, operation] of operations.entries()) {
      const start = performance.now();
      await operation();
      if (round >= WARM_UP_ROUNDS) times[i].push(performance.now() - start);
    }
  }
  return times.map((values) => values.sort((a, b) => a - b)[(ROUNDS - 1) / 2]);
}

function print(measured) {
  const [reference] = measured;
  const columns = ['encrypt', 'combine+verify+decrypt', 'combine+decrypt*', 'partial sign'];
  const cell = (ms, referenceMs) => {
    if (ms === undefined) return '-';
    return referenceMs === undefined ? ms.toFixed(2) : `${ms.toFixed(2)} (${(ms / referenceMs).toFixed(3)})`;
  };
  const lines = [
    ['backend', ...columns],
    ...measured.map(([name, ...times]) => [name, ...times.map((ms, i) => cell(ms, reference[i + 1]))]),
  ];
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  console.log(`${PLAINTEXT_BYTES} bytes, ${THRESHOLD} shares; median of ${ROUNDS} in ms (ratio to the reference)\n`);
  for (const line of lines) console.log(line.map((text, i) => text.padEnd(widths[i])).join('  '));
  console.log(`
Ratios of decryption are to blsDecrypt alone, which combines the shares and verifies nothing.
* Without verifying the signature first: the check inside decryption fails with a wrong one.`);
}
