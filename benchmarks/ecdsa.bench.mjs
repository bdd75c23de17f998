/**
 * Threshold ECDSA: CPU time of one party for a presignature and for the online step, and bytes that one party sends to
 * each other. All parties run in this process, one step at a time. CPU time is that of all threads of the process,
 * garbage collection included, divided by the parties. Every signature is verified by @noble/curves.
 *
 * Run: node --conditions=keymesh:source benchmarks/ecdsa.bench.mjs
 */
import * as crypto from 'node:crypto';
import { cpus } from 'node:os';
import { SecretBytes } from '@keymesh/foundation';
import {
  aggregate,
  createPresigning,
  createSetup,
  createSignerSet,
  createSigningContext,
  digestRequest,
  signShare,
} from '@keymesh/threshold/ecdsa';
import { createOpenSslPrimitives, createWasmKernel } from '@keymesh/threshold/ecdsa-native';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { commitToPolynomial, evaluatePolynomial, randomPolynomial } from '@keymesh/threshold/sharing';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';

/** Per number of signers. */
const BUDGET_MS = 3000;
const ROUNDS_MIN = 5;
const WARM_UP_ROUNDS = 3;
const SIZES = [2, 3, 4, 7];
/** The rest are minor: the same protocol over slower curves. */
const NAMES = process.argv.length > 2 ? process.argv.slice(2) : ['secp256k1', 'p256', 'p384'];

const random = (length) => new Uint8Array(crypto.randomBytes(length));
const curves = await loadNativeCurves();
const VERIFIERS = { secp256k1, p256, p384 };
const kernel = createWasmKernel();
const primitives = createOpenSslPrimitives(crypto);

/** CPU time of this process so far, all threads. Milliseconds. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Drives all parties to their outputs. */
function drive(protocols) {
  const start = cpuMs();
  const sentTo = new Map();
  const outputs = new Map();
  const pending = [];
  const advance = (party) => {
    for (;;) {
      const step = protocols.get(party).poke();
      if (step.kind === 'done') outputs.set(party, step.output);
      if (step.kind !== 'send') return;
      const receivers = step.to === 'all' ? [...protocols.keys()].filter((other) => other !== party) : [step.to];
      for (const to of receivers) {
        const pair = `${party} to ${to}`;
        sentTo.set(pair, (sentTo.get(pair) ?? 0) + step.body.length);
        pending.push({ ...step, from: party, to });
      }
    }
  };
  for (const party of protocols.keys()) advance(party);
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { from, to, round, body } = next;
    protocols.get(to).receive(from, round, body);
    if (!outputs.has(to)) advance(to);
  }
  const mean = (cpuMs() - start) / protocols.size;
  return { outputs, mean, bytes: [...sentTo.values()][0] };
}

function prepare(curve, threshold) {
  const epochId = random(32);
  const signers = Array.from({ length: threshold }, (_, i) => i + 1);
  const polynomial = randomPolynomial(curve, threshold, random);
  const signerSet = createSignerSet(curve, commitToPolynomial(curve, polynomial), signers);
  const setup = drive(
    new Map(
      signers.map((self) => [
        self,
        createSetup({ curve: curves.secp256k1, epochId, self, participants: signers, random }),
      ]),
    ),
  );
  const shareOf = (party) => new SecretBytes(curve.encodeScalar(evaluatePolynomial(curve, polynomial, party)));
  return { curve, epochId, signers, signerSet, setup, shareOf };
}

function presign({ epochId, signers, signerSet, setup, shareOf }) {
  const executionId = random(32);
  return drive(
    new Map(
      signers.map((self) => [
        self,
        createPresigning({
          signerSet,
          primitives,
          kernel,
          epochId,
          executionId,
          self,
          share: shareOf(self),
          transfers: setup.outputs.get(self),
          random,
        }),
      ]),
    ),
  );
}

/** The online step of the first signer, from openings to share, and what the combiner does. */
function sign({ curve, signers }, presignatures) {
  const request = { id: random(32), digest: random(curve.scalarBytes), tweak: 1n + BigInt(random(1)[0]) };
  const { record } = presignatures.get(signers[0]);
  const openings = signers.map((party) => ({
    party,
    entropy: presignatures.get(party).bind(digestRequest(record, request)),
  }));
  const online = performance.now();
  const context = createSigningContext(record, request, openings);
  const own = signShare(context, presignatures.get(signers[0]));
  const onlineMs = performance.now() - online;
  const rest = signers.slice(1).map((party) => ({ party, share: signShare(context, presignatures.get(party)) }));
  const combining = performance.now();
  const signature = aggregate(context, [{ party: signers[0], share: own }, ...rest]);
  const combineMs = performance.now() - combining;
  const options = { prehash: false };
  if (!VERIFIERS[curve.name].verify(signature.compact, request.digest, context.encodedPublicKey, options)) {
    throw new Error('a signature does not verify');
  }
  return { onlineMs, combineMs };
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** One row of the table. */
function measure(curve, threshold) {
  const group = prepare(curve, threshold);
  const samples = [];
  const end = performance.now() + BUDGET_MS;
  for (let done = 0; done < WARM_UP_ROUNDS + ROUNDS_MIN || performance.now() < end; done++) {
    const { outputs, mean, bytes } = presign(group);
    const { onlineMs, combineMs } = sign(group, outputs);
    if (done >= WARM_UP_ROUNDS) samples.push({ mean, bytes, onlineMs, combineMs });
  }
  const column = (name) => median(samples.map((sample) => sample[name]));
  return [
    `${curve.name} (${curve.backend})`,
    String(threshold),
    group.setup.mean.toFixed(0),
    (samples.reduce((sum, sample) => sum + sample.mean, 0) / samples.length).toFixed(2),
    column('mean').toFixed(2),
    column('onlineMs').toFixed(2),
    column('combineMs').toFixed(2),
    String(column('bytes')),
    String(samples.length),
  ];
}

console.log(
  `${cpus()[0]?.model}, node ${process.version}, ${kernel.backend}, ${primitives.backend}; ms of one party; presignature: mean and median CPU, the rest: median\n`,
);
const HEAD = ['curve', 'signers', 'set-up', 'presignature', '(median)', 'online', 'combining', 'bytes to each', 'runs'];
const WIDTHS = [26, 9, 8, 14, 10, 8, 11, 15, 6];
for (const row of [HEAD, ...NAMES.flatMap((name) => SIZES.map((size) => [name, size]))]) {
  const cells = row === HEAD ? HEAD : measure(curves[row[0]], row[1]);
  console.log(cells.map((cell, i) => cell.padStart(WIDTHS[i])).join(''));
}
