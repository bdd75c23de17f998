import {
  allowDecryption,
  allowExecution,
  allowSigning,
  connect,
  createSession,
  decrypt,
  encrypt,
  endSession,
  executeAction,
  type KeymeshError,
  mint,
  SCHEMES,
  type SchemeName,
  SdkError,
  sign,
} from '@keymesh/sdk';
import { createWalletClient, type Hex, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

/** What the test gives the page; a real page has a wallet extension in place of the private key. */
export interface PageInput {
  readonly rpcUrl: string;
  readonly directory: string;
  readonly privateKey: Hex;
  readonly strangersKey: Hex;
  readonly condition: unknown;
  /** What to sign with. */
  readonly schemes: readonly string[];
}

/** What the page did, for the test to check again outside. */
export interface PageOutput {
  readonly tokenId: string;
  readonly signatures: readonly {
    readonly scheme: string;
    readonly signature: string;
    readonly publicKey: string;
    readonly signers: readonly number[];
  }[];
  /** The verdict of the browser's own WebCrypto on the Ed25519 signature, and on one that was altered. */
  readonly webCrypto: { readonly genuine: boolean; readonly altered: boolean };
  readonly decrypted: string;
  /** Of a program that logs, waits and signs. */
  readonly action: {
    readonly response: string;
    readonly signature: { readonly scheme: string; readonly signature: string; readonly publicKey: string };
    /** Milliseconds from each node's first log to the end. */
    readonly heardBeforeMs: readonly number[];
  };
  readonly refusal: { readonly code: string; readonly message: string };
  readonly unknownDirectory: { readonly isSdkError: boolean; readonly code: string };
  /** Names of bls and curve backends. */
  readonly bls: string;
  /** Milliseconds of each step. */
  readonly elapsedMs: Readonly<Record<string, number>>;
}

const MESSAGE = 'signed for a page';
const SECRET = 'read in a page';
/** Logs, waits, and signs the page's message. */
const PROGRAM = `(async () => {
  console.log('begins');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const toSign = new TextEncoder().encode(text);
  await Lit.Actions.sign({ toSign, publicKey, sigName: 'page', signingScheme: 'SchnorrEd25519Sha512' });
  Lit.Actions.setResponse({ response: 'signed ' + text });
})()`;
/** By the length of the digest that a scheme signs. Bytes. */
const HASHES: Readonly<Record<number, string>> = { 32: 'SHA-256', 48: 'SHA-384' };

async function tour(input: PageInput): Promise<PageOutput> {
  const elapsedMs: Record<string, number> = {};
  const timed = async <T>(name: string, step: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const value = await step();
    elapsedMs[name] = Math.round(performance.now() - started);
    return value;
  };
  const { rpcUrl, directory } = input;
  const account = privateKeyToAccount(input.privateKey);
  const network = await timed('connect', () => connect({ rpcUrl, directory }));
  const walletClient = createWalletClient({ account, transport: http(rpcUrl) });
  const key = await timed('mint', () => mint(network, { walletClient }));
  const capabilities = [allowSigning(key.tokenId), allowDecryption(), allowExecution()];
  const session = await createSession(network, { wallet: account, capabilities, domain: location.host });
  const message = new TextEncoder().encode(MESSAGE);
  const signed = [];
  for (const scheme of input.schemes as readonly SchemeName[]) {
    const given = await digestOf(scheme, message);
    signed.push(await timed(`sign ${scheme}`, () => sign(network, { session, key, scheme, message: given })));
  }
  const conditions = { unifiedAccessControlConditions: [input.condition] } as Parameters<typeof encrypt>[1];
  const encrypted = await timed('encrypt', () => encrypt(network, { ...conditions, data: SECRET }));
  const { data } = await timed('decrypt', () => decrypt(network, { ...encrypted, session }));
  const heard = new Map<number, number>();
  const ran = await timed('action', () =>
    executeAction(network, {
      ...{ session, code: PROGRAM, jsParams: { text: MESSAGE, publicKey: key.publicKey } },
      onLogs: ({ party }) => heard.set(party, heard.get(party) ?? performance.now()),
    }),
  );
  const heardBeforeMs = [...heard.values()].map((at) => performance.now() - at);
  const ofProgram = ran.signatures.page;
  if (ofProgram === undefined) throw new TypeError('the program did not sign');
  endSession(session);

  const stranger = privateKeyToAccount(input.strangersKey);
  const strangersSession = await createSession(network, { wallet: stranger, capabilities: [allowDecryption()] });
  const refusal = await decrypt(network, { ...encrypted, session: strangersSession }).then(
    () => ({ code: 'none', message: 'a stranger could decrypt' }),
    ({ code, message: text }: KeymeshError) => ({ code, message: text }),
  );
  const unknownDirectory = await connect({ rpcUrl, directory: account.address }).then(
    () => ({ isSdkError: false, code: 'none' }),
    (error: KeymeshError) => ({ isSdkError: error instanceof SdkError, code: error.code }),
  );
  const ed25519 = signed.find(({ scheme }) => scheme === 'SchnorrEd25519Sha512');
  if (ed25519 === undefined) throw new TypeError('nothing was signed');
  return {
    tokenId: key.tokenId,
    signatures: signed.map(({ scheme, signature, publicKey, signers }) => ({
      ...{ scheme, signers },
      signature: hex(signature),
      publicKey: hex(publicKey),
    })),
    webCrypto: {
      genuine: await verifiesHere(ed25519, message),
      altered: await verifiesHere(ed25519, new TextEncoder().encode(`${MESSAGE}!`)),
    },
    decrypted: new TextDecoder().decode(data),
    action: {
      ...{ response: ran.response, heardBeforeMs },
      signature: {
        scheme: ofProgram.scheme,
        signature: hex(ofProgram.signature),
        publicKey: hex(ofProgram.publicKey),
      },
    },
    refusal,
    unknownDirectory,
    bls: network.bls.name,
    elapsedMs,
  };
}

/** What the network is given to sign a message: for ECDSA its hash, by the browser's own WebCrypto. */
async function digestOf(scheme: SchemeName, message: Uint8Array): Promise<Uint8Array> {
  const { messageBytes } = SCHEMES[scheme];
  if (messageBytes === undefined) return message;
  return new Uint8Array(await crypto.subtle.digest(HASHES[messageBytes] as string, message as BufferSource));
}

async function verifiesHere(
  { signature, publicKey }: { readonly signature: Uint8Array; readonly publicKey: Uint8Array },
  message: Uint8Array,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', publicKey as BufferSource, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, signature as BufferSource, message as BufferSource);
}

function hex(bytes: Uint8Array): string {
  return `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

Object.assign(globalThis, { keymeshTour: tour });
