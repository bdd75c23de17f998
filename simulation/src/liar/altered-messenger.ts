import type { Messenger } from '../node-parts.ts';

/** A messenger that behaves as `inner` but for what is given. */
export function altered(inner: Messenger, changed: Partial<Pick<Messenger, 'send' | 'onMessage'>>): Messenger {
  return {
    self: inner.self,
    peers: inner.peers,
    send: changed.send ?? ((to, message) => inner.send(to, message)),
    onMessage: changed.onMessage ?? ((handler) => inner.onMessage(handler)),
    onPeerBoot: (handler) => inner.onPeerBoot(handler),
  };
}
