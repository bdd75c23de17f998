import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildResult, build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { PageInput, PageOutput } from '../browser/page.ts';
import { wallet } from '../harness/conditions.ts';
import { useNetwork } from '../harness/network.ts';
import { ALICE, addressOf, BOB, readKeyId, readRootKeys } from '../verifiers/chain.ts';
import { derivePublicKeys } from '../verifiers/derivation.ts';
import { bytesOf, isGoodSignature, SCHEMES } from '../verifiers/signatures.ts';

const CHROMIUM = process.env.KEYMESH_CHROMIUM ?? '/usr/bin/chromium';
/** Chromium in a container, alone, without calls home. */
const CHROMIUM_FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
const isMissing = !existsSync(CHROMIUM);
if (isMissing && process.env.CI !== undefined) {
  throw new Error(`${CHROMIUM} is not installed: run tools/system/install-debian.sh, or set KEYMESH_CHROMIUM.`);
}
if (isMissing) {
  process.stderr.write(
    `\n━━━ SKIPPED: the browser test. ${CHROMIUM} is not installed. ━━━\nRun tools/system/install-debian.sh, or set KEYMESH_CHROMIUM.\n\n`,
  );
}

/** Compiles a page as an application would: for browsers, from the published packages, without polyfills. */
async function bundle(entry: string): Promise<{ readonly text: string; readonly result: BuildResult }> {
  const result = await build({
    entryPoints: [join(import.meta.dirname, '../browser', entry)],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return { text: result.outputFiles[0]?.text ?? '', result };
}

describe.skipIf(isMissing)('the SDK in Chromium', () => {
  const network = useNetwork('browser');
  let server: Server;
  let browser: Browser;
  let profile: string;
  let origin: string;

  beforeAll(async () => {
    const { text, result } = await bundle('page.ts');
    expect(result.warnings).toEqual([]);
    server = createServer((request, response) => {
      const isScript = request.url === '/page.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? text : '<!doctype html><title>Keymesh</title><script src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    profile = mkdtempSync(join(inject('runDirectory'), 'chromium-'));
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [...CHROMIUM_FLAGS, `--crash-dumps-dir=${profile}`],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  test('connects, mints, signs, encrypts, decrypts and runs a program in a page of another origin', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('the server responded with a status of'))
        complaints.push(line.text());
    });
    await page.goto(origin);
    const input: PageInput = {
      rpcUrl: network.file.rpcUrl,
      directory: network.file.contracts.Directory,
      privateKey: ALICE,
      strangersKey: BOB,
      condition: wallet(addressOf(ALICE)),
      schemes: SCHEMES,
    };
    const output: PageOutput = await page.evaluate(
      (given) => (globalThis as unknown as { keymeshTour: (of: PageInput) => Promise<PageOutput> }).keymeshTour(given),
      input,
    );
    process.stdout.write(`in Chromium (${output.bls}): ${JSON.stringify(output.elapsedMs)} ms\n`);

    const expected = derivePublicKeys(await readRootKeys(network.file), await readKeyId(network.file, output.tokenId));
    expect(output.signatures.map(({ scheme }) => scheme)).toEqual(SCHEMES);
    for (const signed of output.signatures) {
      const own = expected[signed.scheme as keyof typeof expected];
      if (own !== undefined) expect(bytesOf(signed.publicKey)).toEqual(own);
      expect(isGoodSignature(signed, 'signed for a page', output.tokenId)).toBe(true);
      expect(signed.signers).toHaveLength(3);
    }
    expect(output.webCrypto).toEqual({ genuine: true, altered: false });
    expect(output.decrypted).toBe('read in a page');
    expect(output.action.response).toBe('signed signed for a page');
    expect(isGoodSignature(output.action.signature, 'signed for a page', output.tokenId)).toBe(true);
    expect(output.action.heardBeforeMs).toHaveLength(3);
    for (const ms of output.action.heardBeforeMs) expect(ms).toBeGreaterThan(700);
    expect(output.refusal).toMatchObject({
      code: 'conditions/denied',
      message: expect.stringContaining(addressOf(ALICE)),
    });
    expect(output.unknownDirectory).toMatchObject({ isSdkError: true });
    // Only favicon.ico and refusals that were asked for may be in the console; no CORS, no missing global.
    expect(complaints).toEqual([]);
  });

  test('a page can read a node’s own error and its request id across origins', async () => {
    const page = await browser.newPage();
    await page.goto(origin);
    const seen = await page.evaluate(async (url) => {
      const answer = await fetch(`${url}/v1/decrypt`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      return { status: answer.status, id: answer.headers.get('x-request-id'), body: await answer.json() };
    }, network.node(1).url);
    expect(seen).toMatchObject({ status: 400, body: { error: { code: 'wire/malformed' } } });
    expect(seen.id).toBe(seen.body.requestId);
  });
});

test('the bundle of the SDK contains nothing of Node', async () => {
  const { text, result } = await bundle('sdk-only.ts');
  const gzipBytes = gzipSync(text, { level: 9 }).length;
  process.stdout.write(`bundle of @keymesh/sdk: ${text.length} bytes minified, ${gzipBytes} gzipped\n`);
  const inputs = Object.keys(result.metafile?.inputs ?? {});
  expect(inputs).toContainEqual(expect.stringMatching(/packages\/sdk\/dist\//));
  const ofNode = /^node:|packages\/node\/|\/native\/|sodium|blst|secp256k1\/bindings/;
  expect(inputs.filter((path) => ofNode.test(path))).toEqual([]);
  expect(text).not.toMatch(/\brequire\(["'](?:node:)?(?:crypto|fs|buffer|stream)["']\)/);
});
