/** Something about a chain that a node must find out, at one named block, before conditions can be judged. */
export type FactRequest =
  | { readonly kind: 'call'; readonly chain: string; readonly to: `0x${string}`; readonly data: `0x${string}` }
  | { readonly kind: 'balance'; readonly chain: string; readonly address: `0x${string}` }
  | { readonly kind: 'timestamp'; readonly chain: string };

/** What the node found out. A call that failed because the contract reverted is an answer; a dead RPC is none. */
export type FactAnswer =
  | { readonly kind: 'call'; readonly returnData: string }
  | { readonly kind: 'reverted' }
  | { readonly kind: 'balance'; readonly wei: bigint }
  /** Of the block that the facts are read at. */
  | { readonly kind: 'timestamp'; readonly seconds: bigint };

/** The name under which `evaluate` looks for the answer to a request. Equal requests have equal names. */
export function factKey(request: FactRequest): string {
  switch (request.kind) {
    case 'call':
      return `call ${request.chain} ${request.to} ${request.data}`;
    case 'balance':
      return `balance ${request.chain} ${request.address}`;
    case 'timestamp':
      return `timestamp ${request.chain}`;
  }
}
