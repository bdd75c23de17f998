/**
 * The inside of a sandbox: runs in Deno without any permission, once, for one program. It gives the program the API that
 * authors know (reference/action-api.md §2) and passes what it asks to the host. Nothing here is trusted by the host: a
 * program may reach all of it, and then only deceives itself.
 */
import { encodingOf } from './encodings.js';
import { traceScope } from './tracing.js';

const runtime = Deno;
const { core } = runtime[runtime.internal];
const { inspect } = runtime;
// A program may change what these are found by later.
const { parse, stringify } = JSON;
const { freeze, defineProperty, entries, getOwnPropertyNames } = Object;
const { apply } = Reflect;
const NativeError = Error;

/**
 * A global of the runtime as it is now, whatever a program makes of its name; but not before it is needed: the runtime
 * loads some of them when they are first touched (`Request` takes 12 ms), and most programs need none.
 */
function later(name) {
  const { value, get } = Object.getOwnPropertyDescriptor(globalThis, name);
  return () => value ?? apply(get, globalThis, []);
}
const requestClass = later('Request');
const responseClass = later('Response');
const headersClass = later('Headers');
const processObject = later('process');
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const STDIN = 0;
const STDOUT = 1;
const HEADER_BYTES = 4;
const SCRIPT_NAME = 'action:user_provided_script';
const SHOWN_NAME = '<user_provided_script>';

// ---- frames: length (u32, big endian) and JSON ----

function send(frame) {
  const body = encoder.encode(stringify(frame));
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(body, HEADER_BYTES);
  for (let at = 0; at < bytes.length; ) at += core.writeSync(STDOUT, bytes.subarray(at));
}

let reading;
/** @returns false at the end of the stream. */
async function readFull(into) {
  for (let at = 0; at < into.length; ) {
    reading = core.read(STDIN, into.subarray(at));
    if (started) stayAliveOrNot();
    const count = await reading;
    reading = undefined;
    if (count === 0) return false;
    at += count;
  }
  return true;
}

async function receive() {
  const header = new Uint8Array(HEADER_BYTES);
  if (!(await readFull(header))) return undefined;
  const body = new Uint8Array(new DataView(header.buffer).getUint32(0));
  return (await readFull(body)) ? parse(decoder.decode(body)) : undefined;
}

// ---- calls to the host ----

const pending = new Map();
/** Timers of a repeated run, which only the host sets off. */
let timersToCome = 0;
let started = false;
let last = 0;

function call(op, args) {
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    pending.set(id, { resolve, reject });
    stayAliveOrNot();
    send({ kind: 'call', id, op, args: pack(args) });
  });
}

/** While somebody waits for the host, the program is not over. */
function stayAliveOrNot() {
  if (reading === undefined) return;
  if (pending.size > 0 || timersToCome > 0) core.refOpPromise(reading);
  else core.unrefOpPromise(reading);
}

function settle({ id, value, error }) {
  const waiting = pending.get(id);
  pending.delete(id);
  stayAliveOrNot();
  if (error === undefined) waiting?.resolve(unpack(value));
  else waiting?.reject(Object.assign(new NativeError(error.message), { code: error.code }));
}

const isBytes = (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
const bytesOf = (value) =>
  value instanceof ArrayBuffer
    ? new Uint8Array(value)
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);

/** JSON has no bytes; they travel as `{$bytes: base64}`. */
function pack(value) {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (isBytes(value)) return { $bytes: bytesOf(value).toBase64() };
  if (Array.isArray(value)) return value.map(pack);
  const packed = {};
  for (const [key, item] of entries(value)) packed[key] = pack(item);
  return packed;
}

function unpack(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value.$bytes === 'string') return Uint8Array.fromBase64(value.$bytes);
  const unpacked = {};
  for (const [key, item] of entries(value)) unpacked[key] = unpack(item);
  return unpacked;
}

// ---- the author's API ----

const required = (value, name, what) => {
  if (value === undefined || value === null || value.length === 0) throw new NativeError(`${name} must not be ${what}`);
  return value;
};
const bytesArgument = (value, name) => {
  const given = required(value, name, 'empty');
  return isBytes(given) ? bytesOf(given) : Uint8Array.from(given);
};
const hexText = (value) => (isBytes(value) ? `0x${bytesOf(value).toHex()}` : String(value));
const signArguments = ({ toSign, publicKey, sigName, signingScheme }) => ({
  toSign: bytesArgument(toSign, 'toSign'),
  publicKey: hexText(required(publicKey, 'publicKey', 'blank')),
  sigName: required(sigName, 'sigName', 'blank'),
  scheme: required(signingScheme, 'signingScheme', 'blank'),
});
const ECDSA = 'EcdsaK256Sha256';

/** Callers pass it as an object, or as the text that their clients keep. */
const authSigOf = (authSig) => (typeof authSig === 'string' ? parse(authSig) : (authSig ?? null));
const decryptArguments = ({ accessControlConditions, ciphertext, dataToEncryptHash, authSig, chain }) => ({
  ...{ conditions: accessControlConditions, ciphertext, dataToEncryptHash, chain },
  authSig: authSigOf(authSig),
});
const loginArguments = ({ tokenId, authMethodType, userId }) => ({
  ...{ tokenId: hexText(tokenId), type: hexText(authMethodType) },
  id: typeof userId === 'string' ? Uint8Array.fromHex(userId.replace(/^0x/, '')) : bytesArgument(userId, 'userId'),
});

const actions = {
  isPermittedAction: ({ tokenId, ipfsId }) => call('isPermittedAction', { tokenId: hexText(tokenId), cid: ipfsId }),
  isPermittedAddress: ({ tokenId, address }) => call('isPermittedAddress', { tokenId: hexText(tokenId), address }),
  isPermittedAuthMethod: async (parameters) => call('isPermittedAuthMethod', loginArguments(parameters)),
  getPermittedAuthMethods: ({ tokenId }) => call('getPermittedAuthMethods', { tokenId: hexText(tokenId) }),
  getPermittedAuthMethodScopes: async (parameters) =>
    call('getPermittedAuthMethodScopes', {
      ...loginArguments(parameters),
      maxScopeId: Number(parameters.maxScopeId ?? 100),
    }),
  getPermittedActions: ({ tokenId }) => call('getPermittedActions', { tokenId: hexText(tokenId) }),
  getPermittedAddresses: ({ tokenId }) => call('getPermittedAddresses', { tokenId: hexText(tokenId) }),
  pubkeyToTokenId: ({ publicKey }) => call('pubkeyToTokenId', { publicKey: hexText(publicKey) }),
  getLatestNonce: ({ address, chain }) => call('getLatestNonce', { address, chain }),
  callContract: ({ chain, txn }) => call('callContract', { chain, txn: hexText(txn) }),
  getRpcUrl: ({ chain }) => call('getRpcUrl', { chain }),
  sign: async (parameters) => call('sign', signArguments(parameters)),
  signEcdsa: async (parameters) => call('sign', signArguments({ ...parameters, signingScheme: ECDSA })),
  signAndCombine: async (parameters) => call('signAndCombine', signArguments(parameters)),
  signAndCombineEcdsa: async (parameters) =>
    call('signAndCombine', signArguments({ ...parameters, signingScheme: ECDSA })),
  signAsAction: async ({ toSign, sigName, signingScheme }) =>
    call('signAsAction', {
      toSign: bytesArgument(toSign, 'toSign'),
      sigName: required(sigName, 'sigName', 'blank'),
      scheme: required(signingScheme, 'signingScheme', 'blank'),
    }),
  verifyActionSignature: async ({ signingScheme, actionIpfsCid, toSign, signOutput }) =>
    call('verifyActionSignature', {
      ...{ scheme: signingScheme, cid: actionIpfsCid, signOutput },
      toSign: bytesArgument(toSign, 'toSign'),
    }),
  ethPersonalSignMessageEcdsa: async ({ message, publicKey, sigName }) =>
    call('ethPersonalSignMessageEcdsa', {
      message: typeof message === 'string' ? encoder.encode(message) : bytesArgument(message, 'message'),
      publicKey: hexText(required(publicKey, 'publicKey', 'blank')),
      sigName: required(sigName, 'sigName', 'blank'),
    }),
  getActionPublicKey: ({ signingScheme, actionIpfsCid }) =>
    call('getActionPublicKey', { scheme: signingScheme, cid: actionIpfsCid }),
  checkConditions: async ({ conditions, authSig, chain }) =>
    call('checkConditions', { conditions, authSig: authSigOf(authSig), chain }),
  encrypt: ({ accessControlConditions, to_encrypt, chain }) =>
    call('encrypt', {
      conditions: accessControlConditions,
      plaintext: bytesArgument(to_encrypt, 'to_encrypt'),
      ...(chain === undefined ? {} : { chain }),
    }),
  decryptAndCombine: async (parameters) => call('decryptAndCombine', decryptArguments(parameters)),
  decryptToSingleNode: async (parameters) => call('decryptToSingleNode', decryptArguments(parameters)),
  aesDecrypt,
  claimKey: async ({ keyId }) => call('claimKey', { keyId: String(required(keyId, 'keyId', 'blank')) }),
  broadcastAndCollect: ({ name, value }) => call('broadcastAndCollect', { name, value: String(value) }),
  runOnce,
  call: ({ ipfsId, params }) => call('callChild', { cid: ipfsId, params: params ?? {} }),
  setResponse: ({ response }) => {
    if (typeof response !== 'string') throw new NativeError('response must be a string');
    send({ kind: 'response', text: response });
  },
  uint8arrayToString: (array, encoding = 'utf8') => encodingOf(encoding).write(bytesArgument(array, 'array')),
  uint8arrayFromString: (text, encoding = 'utf8') => encodingOf(encoding).read(String(text)),
};

const AES_NONCE_BYTES = 12;

/** AES-GCM: twelve bytes of nonce, then the ciphertext with its tag. */
async function aesDecrypt({ symmetricKey, ciphertext }) {
  const bytes = bytesArgument(ciphertext, 'ciphertext');
  const { subtle } = crypto;
  const key = await subtle.importKey('raw', bytesArgument(symmetricKey, 'symmetricKey'), 'AES-GCM', false, ['decrypt']);
  const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, AES_NONCE_BYTES) };
  const plaintext = await subtle.decrypt(algorithm, key, bytes.subarray(AES_NONCE_BYTES)).catch(() => {
    throw new NativeError('The ciphertext is not one that was made with this key.');
  });
  return decoder.decode(plaintext);
}

/** One node does it; the others get what came out. */
async function runOnce({ waitForResponse = true, name }, asyncFunction) {
  const { leads } = await call('runOnceBegin', { name: required(name, 'name', 'blank'), wait: waitForResponse });
  let result;
  if (leads) {
    try {
      result = String(await asyncFunction());
    } catch (error) {
      writeLog(`runOnce "${name}": ${describe(error)}`);
      result = '[ERROR]';
    }
  }
  if (!waitForResponse) return result;
  return call('runOnceEnd', { name, ...(leads ? { result } : {}) });
}

// ---- fetch: standard objects here, the request itself at the host ----

/** Statuses that have no body (Fetch, "null body status"). */
const NULL_BODY = [101, 103, 204, 205, 304];

async function fetchThroughHost(input, init) {
  // Libraries for browsers say `referrer: 'client'`; there is no page here that could be one.
  const [NativeRequest, NativeResponse] = [requestClass(), responseClass()];
  const request = new NativeRequest(input, init === undefined ? init : { ...init, referrer: undefined });
  request.signal.throwIfAborted();
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
  const asked = call('fetch', {
    ...{ url: request.url, method: request.method, headers: [...request.headers], redirect: request.redirect },
    ...(body === undefined ? {} : { body }),
  });
  const aborted = new Promise((_, reject) => {
    request.signal.addEventListener('abort', () => reject(request.signal.reason));
  });
  const answer = await Promise.race([asked, aborted]).catch((error) => {
    throw error?.code === 'actions/fetch-failed' ? new TypeError(error.message) : error;
  });
  const { status, statusText, headers, url, isRedirected } = answer;
  const response = new NativeResponse(NULL_BODY.includes(status) ? null : answer.body, {
    status,
    statusText,
    headers,
  });
  defineProperty(response, 'url', { value: url });
  defineProperty(response, 'redirected', { value: isRedirected });
  return response;
}

// ---- console and errors ----

function writeLog(text) {
  send({ kind: 'log', text: `${text}\n` });
}
const show = (values) =>
  values.map((value) => (typeof value === 'string' ? value : inspect(value, { depth: 6, colors: false }))).join(' ');
const log = (...values) => writeLog(show(values));
const quiet = () => {};
const consoleForAuthors = {
  ...{ log, info: log, debug: log, warn: log, error: log, trace: log, dir: log, table: log },
  assert: (condition, ...values) => condition || log('Assertion failed:', ...values),
  ...{ group: log, groupCollapsed: log, groupEnd: quiet, time: quiet, timeEnd: quiet, timeLog: quiet },
  ...{ count: quiet, countReset: quiet, clear: quiet },
};

/** What was thrown, with positions in the author's text and none of this file. */
function describe(thrown) {
  if (typeof thrown === 'string') return thrown;
  let text;
  try {
    text =
      thrown instanceof NativeError ? String(thrown.stack || `${thrown.name}: ${thrown.message}`) : inspect(thrown);
  } catch {
    text = 'an error that cannot be shown';
  }
  return text
    .replaceAll(SCRIPT_NAME, SHOWN_NAME)
    .split('\n')
    .filter((line) => !/^\s+at .*(file:|ext:|node:|action:(ethers|viem|jwt))/.test(line))
    .join('\n');
}

let failed = false;
function fail(thrown) {
  if (failed) return;
  failed = true;
  send({ kind: 'threw', text: describe(thrown), code: codeOf(thrown) });
}

/** Of an error that the host gave; a program may throw it on. */
function codeOf(thrown) {
  try {
    return typeof thrown.code === 'string' ? thrown.code : undefined;
  } catch {
    return undefined;
  }
}

// ---- the global scope ----

function closed(name, message) {
  return () => {
    throw new TypeError(`${name} ${message}`);
  };
}

function fix(name, value) {
  // With a setter, because an assignment that is only ignored would hide the mistake in a sloppy script.
  defineProperty(globalThis, name, { get: () => value, set: closed(name, 'cannot be reassigned'), enumerable: true });
}

const KEPT_OUT = [
  ...['Deno', 'process', 'Buffer', 'global', 'navigator', 'Navigator', 'caches', 'CacheStorage', 'Cache', 'indexedDB'],
  ...['WebSocket', 'WebSocketStream', 'EventSource', 'BroadcastChannel', 'WebTransport', 'prompt', 'alert', 'confirm'],
  ...['close', 'closed', 'name', 'location', 'Location', 'setImmediate', 'clearImmediate', 'require', 'SharedWorker'],
  ...['GPU', 'Storage', 'onload', 'onbeforeunload', 'onunload', 'Temporal_', 'window_'],
];

/** By the names of their globals, in the order in which the host sends their texts. */
const LIBRARIES = ['ethers', 'viem', 'jwt'];
/** Texts as bytes; each is compiled when a program first uses it. */
const librarySources = new Map();

/** Before there is a program, so that it may wait. */
function readLibraries() {
  for (const name of LIBRARIES)
    librarySources.set(name, readNow(new DataView(readNow(HEADER_BYTES).buffer).getUint32(0)));
}

function readNow(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const count = core.readSync(STDIN, bytes.subarray(at));
    if (count === 0) throw new NativeError('The host is gone.');
    at += count;
  }
  return bytes;
}

function prepareScope() {
  for (const name of KEPT_OUT) delete globalThis[name];
  for (const name of ['Worker', 'localStorage', 'sessionStorage']) {
    const get = closed(name, 'does not exist in an action');
    defineProperty(globalThis, name, { get, configurable: false });
  }
  defineProperty(globalThis, 'fetch', { value: fetchThroughHost, writable: true, configurable: true });
  for (const name of LIBRARIES) {
    let library;
    const get = () => (library ??= freeze(loadLibrary(name)));
    defineProperty(globalThis, name, { get, set: closed(name, 'cannot be reassigned') });
  }
}

/**
 * `jwt` before the program's first line, if its text names it: it needs modules of the runtime, which see `Deno` while
 * they begin, and a program that ran already could have laid traps for them.
 */
function loadEarly(source) {
  if (!source.includes('jwt')) return;
  defineProperty(globalThis, 'Deno', { value: runtime, configurable: true });
  void globalThis.jwt;
  delete globalThis.Deno;
}

/** What `jwt` requires of Node's modules: Deno's own, which have no permission either. */
const BUILTIN = ['crypto', 'buffer', 'stream', 'util'];

/** A CommonJS text as a module. */
function loadLibrary(name) {
  const [factory] = core.evalContext(decoder.decode(librarySources.get(name)), `action:${name}`);
  const module = { exports: {} };
  // Not by `call`, which a program may have made its own, to see what is handed over here.
  apply(factory, globalThis, [module, module.exports, ...(name === 'jwt' ? nodeModules() : [])]);
  return name === 'ethers' ? module.exports.ethers : module.exports;
}

function nodeModules() {
  if (started) throw new NativeError('jwt is only there for a program whose text names it.');
  const { getBuiltinModule, version } = processObject();
  const require = (id) => {
    if (BUILTIN.includes(id)) return getBuiltinModule(id);
    throw new NativeError(`There is no module ${id} in an action.`);
  };
  return [require, getBuiltinModule('buffer').Buffer, freeze({ version, nextTick: queueMicrotask })];
}

function giveGlobals({ jsParams, auth, headers }) {
  defineProperty(globalThis, 'console', { value: freeze(consoleForAuthors), writable: false });
  const Auth = deepFreeze(auth);
  let requestHeaders;
  const Lit = {
    ...{ Actions: freeze(actions), Auth },
    get Headers() {
      requestHeaders ??= new (headersClass())(headers);
      return requestHeaders;
    },
  };
  fix('Lit', freeze(Lit));
  fix('LitActions', actions);
  fix('LitAuth', Auth);
  globalThis.jsParams = jsParams;
  const taken = new Set(getOwnPropertyNames(globalThis));
  for (const [name, value] of entries(jsParams)) if (!taken.has(name)) globalThis[name] = value;
}

function deepFreeze(value) {
  if (typeof value !== 'object' || value === null) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return freeze(value);
}

// ---- one run ----

async function main() {
  prepareScope();
  readLibraries();
  send({ kind: 'ready' });
  const start = await receive();
  if (start === undefined) return;
  loadEarly(start.source);
  if (start.trace !== undefined) beginTracing(start.trace);
  giveGlobals(start);
  started = true;
  // A debugger that is attached stops here; one step further is the program.
  // biome-ignore lint/suspicious/noDebugger: that is what it is for
  if (start.trace?.debug) debugger;
  void answerCalls();
  const [, thrown] = core.evalContext(start.source, SCRIPT_NAME);
  if (thrown !== null && thrown !== undefined) fail(thrown.thrown);
}

/** Undefined unless the run is told or repeated. */
let tracing;

function beginTracing({ draws }) {
  const keepAlive = (count) => {
    timersToCome = count;
    stayAliveOrNot();
  };
  tracing = traceScope({ emit: send, draws, keepAlive });
}

async function answerCalls() {
  for (let frame = await receive(); frame !== undefined; frame = await receive()) {
    if (frame.fire !== undefined) tracing?.fire(frame.fire);
    else if (tracing !== undefined) tracing.take(frame.id, () => settle(frame));
    else settle(frame);
  }
}

addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  fail(event.reason);
});
addEventListener('error', (event) => {
  event.preventDefault();
  fail(event.error);
});
// Fires exactly when nothing is left that could go on.
addEventListener('beforeunload', () => {
  if (!failed) send({ kind: 'done' });
});
void main();
