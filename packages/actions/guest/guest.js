/**
 * The inside of a sandbox: runs in Deno without any permission, once, for one program. It gives the program the API that
 * authors know (reference/action-api.md §2) and passes what it asks to the host. Nothing here is trusted by the host: a
 * program may reach all of it, and then only deceives itself.
 */
const { core } = Deno[Deno.internal];
const inspect = Deno.inspect;
// A program may change what these are found by later.
const { parse, stringify } = JSON;
const { freeze, defineProperty, entries, getOwnPropertyNames } = Object;
const NativeError = Error;
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
    if (pending.size === 0 && started) core.unrefOpPromise(reading);
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
let started = false;
let last = 0;

function call(op, args) {
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    pending.set(id, { resolve, reject });
    // Somebody waits for an answer: the program is not over.
    if (reading !== undefined) core.refOpPromise(reading);
    send({ kind: 'call', id, op, args: pack(args) });
  });
}

function settle({ id, value, error }) {
  const waiting = pending.get(id);
  pending.delete(id);
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

const decryptArguments = ({ accessControlConditions, ciphertext, dataToEncryptHash, authSig, chain }) => ({
  ...{ conditions: accessControlConditions, ciphertext, dataToEncryptHash, chain },
  authSig: authSig ?? null,
});

const actions = {
  isPermittedAction: ({ tokenId, ipfsId }) => call('isPermittedAction', { tokenId: hexText(tokenId), cid: ipfsId }),
  isPermittedAddress: ({ tokenId, address }) => call('isPermittedAddress', { tokenId: hexText(tokenId), address }),
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
  checkConditions: ({ conditions, authSig = null, chain }) =>
    call('checkConditions', { conditions, authSig: authSig ?? null, chain }),
  encrypt: ({ accessControlConditions, to_encrypt, chain }) =>
    call('encrypt', {
      conditions: accessControlConditions,
      plaintext: bytesArgument(to_encrypt, 'to_encrypt'),
      ...(chain === undefined ? {} : { chain }),
    }),
  decryptAndCombine: (parameters) => call('decryptAndCombine', decryptArguments(parameters)),
  decryptToSingleNode: (parameters) => call('decryptToSingleNode', decryptArguments(parameters)),
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

// ---- text and bytes, by the names of multiformats ----

function rfc4648(alphabet, bitsPerChar, isPadded) {
  const charsPerGroup = bitsPerChar === 5 ? 8 : bitsPerChar === 6 ? 4 : 2;
  return {
    write: (bytes) => {
      let [text, bits, buffer] = ['', 0, 0];
      for (const byte of bytes) {
        buffer = ((buffer << 8) | byte) & 0xffff;
        for (bits += 8; bits >= bitsPerChar; ) {
          bits -= bitsPerChar;
          text += alphabet[(buffer >> bits) & (2 ** bitsPerChar - 1)];
        }
      }
      if (bits > 0) text += alphabet[(buffer << (bitsPerChar - bits)) & (2 ** bitsPerChar - 1)];
      while (isPadded && text.length % charsPerGroup !== 0) text += '=';
      return text;
    },
    read: (text) => {
      const digits = text.replace(/=+$/, '');
      const bytes = [];
      let [bits, buffer] = [0, 0];
      for (const digit of digits) {
        const value = alphabet.indexOf(digit);
        if (value === -1) throw new SyntaxError(`Invalid character "${digit}"`);
        buffer = ((buffer << bitsPerChar) | value) & 0xffff;
        bits += bitsPerChar;
        if (bits >= 8) {
          bits -= 8;
          bytes.push((buffer >> bits) & 0xff);
        }
      }
      return Uint8Array.from(bytes);
    },
  };
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const base58 = {
  write: (bytes) => {
    const zeros = bytes.findIndex((byte) => byte !== 0);
    let number = bytes.length === 0 ? 0n : BigInt(`0x${bytes.toHex()}`);
    let text = '';
    for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
    return '1'.repeat(zeros === -1 ? bytes.length : zeros) + text;
  },
  read: (text) => {
    let number = 0n;
    for (const digit of text) {
      const value = BASE58.indexOf(digit);
      if (value === -1) throw new SyntaxError(`Invalid character "${digit}"`);
      number = number * 58n + BigInt(value);
    }
    const zeros = /^1*/.exec(text)[0].length;
    const hex = number === 0n ? '' : number.toString(16);
    return Uint8Array.fromHex('00'.repeat(zeros) + (hex.length % 2 === 0 ? hex : `0${hex}`));
  },
};
const latin1 = {
  write: (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''),
  read: (text) => Uint8Array.from(text, (char) => char.charCodeAt(0)),
};
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BASE64 = `${UPPER}${UPPER.toLowerCase()}0123456789+/`;
const BASE64_URL = `${UPPER}${UPPER.toLowerCase()}0123456789-_`;
const BASE32 = `${UPPER.toLowerCase()}234567`;
const utf8 = { write: (bytes) => decoder.decode(bytes), read: (text) => encoder.encode(text) };
const base16 = rfc4648('0123456789abcdef', 4, false);
const ENCODINGS = new Map(
  entries({
    ...{ utf8, 'utf-8': utf8, latin1, binary: latin1, ascii: latin1, hex: base16, base16 },
    ...{ base16upper: rfc4648('0123456789ABCDEF', 4, false), base58btc: base58 },
    ...{ base32: rfc4648(BASE32, 5, false), base32pad: rfc4648(BASE32, 5, true) },
    ...{ base32upper: rfc4648(BASE32.toUpperCase(), 5, false) },
    ...{ base64: rfc4648(BASE64, 6, false), base64pad: rfc4648(BASE64, 6, true) },
    ...{ base64url: rfc4648(BASE64_URL, 6, false), base64urlpad: rfc4648(BASE64_URL, 6, true) },
  }),
);
function encodingOf(name) {
  const encoding = ENCODINGS.get(name);
  if (encoding === undefined) throw new NativeError(`Unsupported encoding "${name}"`);
  return encoding;
}

// ---- fetch: standard objects here, the request itself at the host ----

const NativeRequest = Request;
const NativeResponse = Response;
/** Statuses that have no body (Fetch, "null body status"). */
const NULL_BODY = [101, 103, 204, 205, 304];

async function fetchThroughHost(input, init) {
  // Libraries for browsers say `referrer: 'client'`; there is no page here that could be one.
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
    .filter((line) => !/^\s+at .*(file:|ext:|node:|action:ethers)/.test(line))
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

/** The text of the library; it is compiled when a program first uses it. */
let ethersSource;

function prepareScope() {
  for (const name of KEPT_OUT) delete globalThis[name];
  for (const name of ['Worker', 'localStorage', 'sessionStorage']) {
    const get = closed(name, 'does not exist in an action');
    defineProperty(globalThis, name, { get, configurable: false });
  }
  defineProperty(globalThis, 'console', { value: freeze(consoleForAuthors), writable: false });
  defineProperty(globalThis, 'fetch', { value: fetchThroughHost, writable: true, configurable: true });
  let ethers;
  defineProperty(globalThis, 'ethers', {
    get: () => (ethers ??= freeze(loadEthers())),
    set: closed('ethers', 'cannot be reassigned'),
  });
}

function loadEthers() {
  const [factory] = core.evalContext(ethersSource, 'action:ethers');
  const module = { exports: {} };
  factory.call(globalThis, module, module.exports);
  return module.exports.ethers;
}

function giveGlobals({ jsParams, auth, headers }) {
  const Auth = deepFreeze(auth);
  fix('Lit', freeze({ Actions: freeze(actions), Auth, Headers: new Headers(headers) }));
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
  ethersSource = (await receive())?.ethers;
  send({ kind: 'ready' });
  const start = await receive();
  if (start === undefined) return;
  giveGlobals(start);
  started = true;
  void answerCalls();
  const [, thrown] = core.evalContext(start.source, SCRIPT_NAME);
  if (thrown !== null && thrown !== undefined) fail(thrown.thrown);
}

async function answerCalls() {
  for (let frame = await receive(); frame !== undefined; frame = await receive()) settle(frame);
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
