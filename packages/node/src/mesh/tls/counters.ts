/** Why a frame was not sent. */
export const DROP_REASONS = ['peer-away', 'queue-full', 'frame-too-long', 'unknown-peer'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** Why a connection ended, or was never used. */
export const DISCONNECT_REASONS = [
  /** The other side showed no certificate. */
  'no-certificate',
  /** Its key is not Ed25519, or not the one expected. */
  'wrong-identity',
  /** It speaks another protocol. */
  'wrong-protocol',
  /** It resumed a session, which skips the proof of possession. */
  'session-resumed',
  /** TCP or TLS failed before the identity was known. */
  'handshake-failed',
  /** The verified peer sent nothing in time: it refused us, or hangs. */
  'handshake-timeout',
  /** Too many connections were waiting to prove who they are. */
  'too-many-handshakes',
  'frame-too-long',
  'frame-malformed',
  /** Nothing arrived for `MESH_SILENCE_MS_MAX`. */
  'silent',
  /** A newer connection of the same peer took its place. */
  'replaced',
  /** The peer left the membership. */
  'not-a-member',
  /** The peer closed it. */
  'ended',
  /** It broke. */
  'socket-error',
  /** This node is stopping. */
  'stopped',
] as const;
export type DisconnectReason = (typeof DISCONNECT_REASONS)[number];

/** What a mesh has done since it started. Bytes are of frames with their length and kind, without TLS. */
export interface MeshCounters {
  framesIn: number;
  framesOut: number;
  bytesIn: number;
  bytesOut: number;
  readonly drops: Record<DropReason, number>;
  readonly disconnects: Record<DisconnectReason, number>;
}

export function zeroMeshCounters(): MeshCounters {
  return {
    framesIn: 0,
    framesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    drops: zeros(DROP_REASONS),
    disconnects: zeros(DISCONNECT_REASONS),
  };
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
