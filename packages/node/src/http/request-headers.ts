import type { IncomingHttpHeaders } from 'node:http';

/** Between the client's own ends: nobody else's business, a program's least of all. */
const WITHHELD: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Headers as they arrived, which no seal protects: whoever passed the request on may have written them. */
export function requestHeaders(headers: IncomingHttpHeaders): [name: string, value: string][] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || WITHHELD.has(name)) return [];
    return [[name, Array.isArray(value) ? value.join(', ') : value] as [string, string]];
  });
}
