/**
 * Identity-based encryption against the reference's own library, in one process and on the same inputs.
 *
 *   node --conditions=keymesh:source benchmarks/encryption.bench.mjs
 *
 * Prints the median time in milliseconds of each operation for each backend, and its ratio to `@lit-protocol/wasm`.
 * Every output is checked, across libraries, before anything is timed. Takes about 15 seconds.
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
/** Runs of each operation; odd, so that the median is one of them. */
const RUNS = 15;

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

const rows = await measureReference();
for (const backend of backends) rows.push([backend.name, ...(await measure(backend))]);
print(rows);

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

/** blsDecrypt combines the shares itself and verifies nothing, so alone it is the strictest thing to compare with. */
async function measureReference() {
  const encrypting = await median(() => blsEncrypt(key.publicKey, plaintext, identity));
  const decrypting = await median(() => blsDecrypt(ciphertext, shares));
  const combining = await median(() => blsCombine(shares));
  const verifying = await median(() => blsVerify(key.publicKey, identity, toHex(signature)));
  return [
    ['@lit-protocol/wasm', encrypting, decrypting, decrypting, undefined],
    ['  + blsCombine', undefined, combining + decrypting, combining + decrypting, undefined],
    ['  + blsVerify', undefined, combining + verifying + decrypting, undefined, undefined],
  ];
}

async function measure(backend) {
  const share = key.share(PARTIES[0]);
  return [
    await median(() => encrypt(backend, { publicKey: key.publicKey, identity, plaintext, random })),
    await median(() => {
      const { signature: verified } = aggregate(backend, parameters(backend));
      return decrypt(backend, { signature: verified, ciphertext, random });
    }),
    await median(() => decryptWithPartials(backend, parameters(backend))),
    await median(() => partialSign(backend, PARTIES[0], share, identity, random)),
  ];
}

/** Milliseconds. */
async function median(operation) {
  await operation();
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await operation();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[(RUNS - 1) / 2];
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
  console.log(`${PLAINTEXT_BYTES} bytes, ${THRESHOLD} shares; median of ${RUNS} in ms (ratio to the reference)\n`);
  for (const line of lines) console.log(line.map((text, i) => text.padEnd(widths[i])).join('  '));
  console.log(`
Ratios of decryption are to blsDecrypt alone, which combines the shares and verifies nothing.
* Without verifying the signature first: the check inside decryption fails with a wrong one.`);
}
