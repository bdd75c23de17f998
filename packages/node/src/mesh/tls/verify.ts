import type { TLSSocket } from 'node:tls';
import { rawKeyOfSpki } from '../../identity/ed25519.ts';
import type { DisconnectReason } from './counters.ts';

/** Application protocol (RFC 7301) of a mesh connection. A change of the frame format changes it. */
export const MESH_ALPN = 'keymesh/1';

export type Verification =
  | { readonly ok: true; readonly identity: Uint8Array }
  | { readonly ok: false; readonly reason: DisconnectReason };

/**
 * Who is at the other end of a finished TLS 1.3 handshake: the raw Ed25519 key that signed the handshake's transcript
 * (RFC 8446 §4.4.3). The certificate around the key proves nothing and is not looked at. Must be called, and its
 * answer compared with the membership, before anything is read from the socket.
 */
export function identityOf(socket: TLSSocket): Verification {
  if (socket.getProtocol() !== 'TLSv1.3' || socket.alpnProtocol !== MESH_ALPN) return refused('wrong-protocol');
  if (socket.isSessionReused()) return refused('session-resumed');
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return refused('no-certificate');
  const identity = rawKeyOfSpki(certificate.publicKey.export({ type: 'spki', format: 'der' }));
  return identity === undefined ? refused('wrong-identity') : { ok: true, identity };
}

function refused(reason: DisconnectReason): Verification {
  return { ok: false, reason };
}
