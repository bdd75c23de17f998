import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { KeymeshError } from '@keymesh/foundation';
import { Agent, fetch, type Response } from 'undici';
import { ActionError, limitExceeded } from '../errors.ts';
import { FETCH_HEADER_BYTES_MAX, FETCH_REDIRECTS_MAX } from '../limits.ts';
import { isPublicAddress } from './addresses.ts';

/** A request as a program asks for it. */
export interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly redirect: 'follow' | 'error' | 'manual';
  readonly body?: Uint8Array;
}

export interface FetchAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly url: string;
  readonly isRedirected: boolean;
  readonly body: Uint8Array;
}

export interface FetchBounds {
  readonly bytesMax: number;
  /** Until the body is complete, redirects included. Milliseconds. */
  readonly timeMsMax: number;
  readonly signal: AbortSignal;
}

export interface FetcherOptions {
  /** `host` or `host:port`, as in a URL: may be reached whatever their addresses are. The operator's decision. */
  readonly allowedHosts: readonly string[];
  /** All addresses of a name. Default: the system's. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/** What the host decides and no program. */
const OWN_HEADERS = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'te', 'trailer', 'expect'],
  ...['proxy-authorization', 'proxy-connection', 'proxy-authenticate'],
]);
/** Not handed on to another origin than the one they were given for (Fetch, "HTTP-redirect fetch"). */
const SECRET_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);

/**
 * Makes the requests of programs. Only the public internet is reached, and what the operator allowed: each address is
 * judged after its name was resolved, and the connection goes to the address that was judged, so that a name which
 * answers differently the next time gains nothing. Each redirect is judged anew.
 */
export class Fetcher {
  readonly #allowedHosts: ReadonlySet<string>;
  readonly #resolve: (host: string) => Promise<readonly string[]>;
  /** For everything: connects to judged addresses only. */
  readonly #guarded: Agent;
  /** For what the operator allowed. Its own, so that no connection of it serves another request. */
  readonly #open = new Agent({ maxHeaderSize: FETCH_HEADER_BYTES_MAX });

  constructor({ allowedHosts, resolve = resolveBySystem }: FetcherOptions) {
    this.#allowedHosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
    this.#resolve = resolve;
    this.#guarded = new Agent({ connect: { lookup: this.#lookup }, maxHeaderSize: FETCH_HEADER_BYTES_MAX });
  }

  /**
   * @throws ActionError `actions/fetch-refused`, `actions/fetch-failed`, `actions/limit-exceeded`.
   */
  async fetch(request: FetchRequest, bounds: FetchBounds): Promise<FetchAnswer> {
    const late = AbortSignal.timeout(bounds.timeMsMax);
    const signal = AbortSignal.any([late, bounds.signal]);
    try {
      return await this.#follow(request, bounds.bytesMax, signal);
    } catch (thrown) {
      if (late.aborted) throw limitExceeded('fetchTimeMsMax', bounds.timeMsMax, 'milliseconds of a fetch');
      throw ownErrorIn(thrown) ?? failed(request.url, thrown);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#guarded.destroy(), this.#open.destroy()]);
  }

  async #follow(request: FetchRequest, bytesMax: number, signal: AbortSignal): Promise<FetchAnswer> {
    let url = this.#judged(request.url);
    let { method, body } = request;
    let headers = request.headers.filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(url, {
        ...{ method, headers: headers.map(([name, value]): [string, string] => [name, value]) },
        ...{ redirect: 'manual', signal, dispatcher: this.#isAllowed(url) ? this.#open : this.#guarded },
        ...(body === undefined ? {} : { body }),
      });
      const location = response.headers.get('location');
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
      if (!isRedirect || request.redirect === 'manual') return read(response, url, redirects > 0, bytesMax);
      await response.body?.cancel();
      if (request.redirect === 'error') throw refused(url.href, 'it redirects, and the program said that it must not');
      if (redirects === FETCH_REDIRECTS_MAX) throw refused(url.href, 'it redirects too often');
      const next = this.#judged(new URL(location, url).href);
      if (next.origin !== url.origin) headers = headers.filter(([name]) => !SECRET_HEADERS.has(name.toLowerCase()));
      const becomesGet = response.status === 303 ? method !== 'HEAD' : response.status < 303 && method === 'POST';
      if (becomesGet) {
        [method, body] = ['GET', undefined];
        headers = headers.filter(([name]) => !name.toLowerCase().startsWith('content-'));
      }
      url = next;
    }
  }

  /** The address of a URL, as far as it can be judged without asking anybody. */
  #judged(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) throw refused(text, 'it is no URL');
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(text, 'only http and https are spoken');
    if (url.username !== '' || url.password !== '') throw refused(text, 'it has a user name or password in it');
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    // Node asks no resolver for these, so the lookup below never sees them.
    if (isIP(host) !== 0 && !this.#isAllowed(url) && !isPublicAddress(host)) throw refused(text, NOT_PUBLIC);
    return url;
  }

  #isAllowed({ host, hostname, port, protocol }: URL): boolean {
    const withPort = port === '' ? `${hostname}:${protocol === 'https:' ? 443 : 80}` : host;
    return this.#allowedHosts.has(hostname) || this.#allowedHosts.has(withPort);
  }

  /** Called for each new connection to a name. */
  readonly #lookup: LookupFunction = (host, options, callback) => {
    this.#resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return callback(failed(host, undefined), '');
        // One bad address among good ones is enough: which one is used is not for the name to decide.
        if (!addresses.every(isPublicAddress)) return callback(refused(host, NOT_PUBLIC), '');
        if (options.all === true)
          callback(
            null,
            addresses.map((address) => ({ address, family: isIP(address) })),
          );
        else callback(null, first, isIP(first));
      },
      (cause: unknown) => callback(failed(host, cause), ''),
    );
  };
}

const NOT_PUBLIC = 'its address is not of the public internet';

async function resolveBySystem(host: string): Promise<readonly string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}

async function read(response: Response, url: URL, isRedirected: boolean, bytesMax: number): Promise<FetchAnswer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    // Leaving the loop cancels the body. Counted after decompression.
    if (length > bytesMax) throw limitExceeded('fetchBytesMax', bytesMax, 'bytes of an answer of fetch');
    chunks.push(chunk as Uint8Array);
  }
  // What it was packed in has been taken off.
  const headers = [...response.headers].filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
  const { status, statusText } = response;
  return { status, statusText, headers, url: url.href, isRedirected, body: Buffer.concat(chunks) };
}

/** undici wraps what the lookup threw. */
function ownErrorIn(thrown: unknown): KeymeshError | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) if (error instanceof KeymeshError) return error;
  return undefined;
}

function refused(url: string, reason: string): ActionError {
  return new ActionError(`fetch is refused: ${reason}.`, {
    code: 'actions/fetch-refused',
    fault: 'caller',
    hint: 'Use an http or https address of the public internet. An operator can allow a host by name.',
    details: { url: url.slice(0, 200) },
  });
}

function failed(url: string, cause: unknown): ActionError {
  return new ActionError('fetch got no answer.', {
    code: 'actions/fetch-failed',
    fault: 'environment',
    hint: 'The host cannot be reached, or speaks no HTTP. The same request may succeed later.',
    details: { url: url.slice(0, 200) },
    cause,
  });
}
