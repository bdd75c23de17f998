export { Courier } from './courier/courier.ts';
export { type FaultPolicy, MemoryNetwork, type MemoryTransport } from './memory.ts';
export type { Messenger } from './messenger.ts';
export type { MeshMember } from './tls/members.ts';
export { TlsMesh, type TlsMeshOptions } from './tls/tls-mesh.ts';
export type { Transport } from './transport.ts';
