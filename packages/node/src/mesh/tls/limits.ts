import {
  MESH_FRAME_BYTES_MAX,
  MESH_HANDSHAKE_TIMEOUT_MS,
  MESH_HANDSHAKES_MAX,
  MESH_HEARTBEAT_INTERVAL_MS,
  MESH_QUEUE_BYTES_MAX,
  MESH_RECONNECT_DELAY_MAX_MS,
  MESH_RECONNECT_DELAY_MIN_MS,
  MESH_SILENCE_MS_MAX,
} from '../../limits.ts';

/** The limits of one mesh. Production takes the defaults; a test may ask for smaller ones. Meanings: `src/limits.ts`. */
export interface MeshLimits {
  readonly frameBytesMax: number;
  readonly queueBytesMax: number;
  readonly handshakeTimeoutMs: number;
  readonly handshakesMax: number;
  readonly heartbeatIntervalMs: number;
  readonly silenceMsMax: number;
  readonly reconnectDelayMinMs: number;
  readonly reconnectDelayMaxMs: number;
}

export const MESH_LIMITS: MeshLimits = {
  frameBytesMax: MESH_FRAME_BYTES_MAX,
  queueBytesMax: MESH_QUEUE_BYTES_MAX,
  handshakeTimeoutMs: MESH_HANDSHAKE_TIMEOUT_MS,
  handshakesMax: MESH_HANDSHAKES_MAX,
  heartbeatIntervalMs: MESH_HEARTBEAT_INTERVAL_MS,
  silenceMsMax: MESH_SILENCE_MS_MAX,
  reconnectDelayMinMs: MESH_RECONNECT_DELAY_MIN_MS,
  reconnectDelayMaxMs: MESH_RECONNECT_DELAY_MAX_MS,
};
