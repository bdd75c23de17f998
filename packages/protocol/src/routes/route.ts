import type * as v from 'valibot';

/** One route of a node: the only description of it, for server, client, documents and tests. */
export interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: `/v1/${string}`;
  /**
   * Whether the bodies are the sealed envelope of `@keymesh/protocol/sealing`; `request` and `response` then describe
   * the JSON inside. An error that happens after the request was opened is sealed too.
   */
  readonly sealed: boolean;
  /** Of a GET: the empty object. */
  readonly request: v.GenericSchema;
  /** What is told before the response to a request that asks for it (`stream.ts`). Sealed routes only. */
  readonly progress?: v.GenericSchema;
  /** Of status 200. Any other status carries `errorBodySchema`. */
  readonly response: v.GenericSchema;
  /** The longest HTTP request body that a server reads. Bytes. */
  readonly bodyBytesMax: number;
}
