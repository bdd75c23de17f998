export { createOpenSslPrimitives, type NodeCrypto } from './openssl.ts';
export { createWasmKernel } from './wasm-kernel.ts';
