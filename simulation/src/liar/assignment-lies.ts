import { fromHex, type PartyIndex, toHex } from '@keymesh/foundation';
import {
  decodeSigningMessage,
  encodeSigningMessage,
  type Messenger,
  type Preparation,
  SIGNING_CHANNEL,
  type SigningMessage,
} from '../node-parts.ts';
import { altered } from './altered-messenger.ts';
import type { LiarContext, Lie } from './lie.ts';

type Assignment = Extract<SigningMessage, { kind: 'assign' }>;

/** A liar changes what it says to the other signers about requests; undefined says nothing. */
function saying(
  changeOf: (context: LiarContext) => (message: SigningMessage, to: PartyIndex) => SigningMessage | undefined,
): Lie {
  return (context) => {
    const change = changeOf(context);
    return {
      messenger: (inner) =>
        altered(inner, {
          send: (to, bytes) => {
            const message = signingMessage(bytes);
            const changed = message === undefined ? undefined : change(message, to);
            if (message === undefined || changed === message) inner.send(to, bytes);
            else if (changed !== undefined) inner.send(to, encodeSigningMessage(changed));
          },
        }),
    };
  };
}

/** Undefined for another channel, and where another lie has put garbage. */
function signingMessage(bytes: Uint8Array): SigningMessage | undefined {
  if (bytes[0] !== SIGNING_CHANNEL) return undefined;
  try {
    return decodeSigningMessage(bytes);
  } catch {
    return undefined;
  }
}

/** Opens other entropy than it had committed to. FROST has none. */
export const wrongOpening = saying(() => (message) => {
  if ((message.kind !== 'assign' && message.kind !== 'open') || message.entropy.length === 0) return message;
  return { ...message, entropy: message.entropy.map((byte) => byte ^ 1) };
});

/** As leader, assigns another preparation to one of the followers than to the rest, when it has two of one kind. */
export const twoAssignments: Lie = (context) => {
  const { self, stock, random } = context;
  const known = new Map<string, Preparation>();
  const others = new Map<string, { readonly id: string; readonly misled: PartyIndex } | undefined>();
  const look = (): Preparation[] => {
    const kept = [...(stock()?.all() ?? [])];
    for (const preparation of kept) known.set(preparation.id, preparation);
    return kept;
  };
  /** The honest part of the liar has taken the one that it assigns; another of the same shelf will do. */
  const drawOther = (used: Preparation | undefined) => {
    const other = look().find(
      ({ owner, scheme, signers }) =>
        owner === self && scheme === used?.scheme && signers.join() === used.signers.join(),
    );
    const followers = other?.signers.filter((party) => party !== self) ?? [];
    return other === undefined ? undefined : { id: other.id, misled: random.pick(followers) };
  };
  const lying = saying(() => (message, to) => {
    if (message.kind !== 'assign') return message;
    const session = toHex(message.session);
    if (!others.has(session)) others.set(session, drawOther(known.get(toHex(message.preparation))));
    const other = others.get(session);
    return other?.misled === to ? { ...message, preparation: fromHex(other.id) } : message;
  })(context);
  return {
    messenger: (inner) => {
      const onMessage: Messenger['onMessage'] = (handler) =>
        inner.onMessage((from, bytes) => {
          look();
          handler(from, bytes);
        });
      return lying.messenger?.(altered(inner, { onMessage })) ?? inner;
    },
  };
};

/** As leader, assigns a preparation to the next request as well. */
export const assignsTwice = saying(() => {
  let first: Assignment | undefined;
  return (message) => {
    if (message.kind !== 'assign') return message;
    first ??= message;
    return { ...message, preparation: first.preparation, entropy: first.entropy };
  };
});

/** Neither assigns nor says that it prepares; as follower it is honest. */
export const silentLeader = saying(
  () => (message) => (message.kind === 'assign' || message.kind === 'preparing' ? undefined : message),
);

/** Says that it has to make a preparation first, and makes none. */
export const endlessPreparing = saying(
  () => (message) => (message.kind === 'assign' ? { kind: 'preparing', session: message.session } : message),
);

/** Tells one of the others, of each request that it hears of, that it has failed here. */
export const falseFailure: Lie = ({ random }) => ({
  messenger: (inner) =>
    altered(inner, {
      onMessage: (handler) =>
        inner.onMessage((from, bytes) => {
          const message = signingMessage(bytes);
          if (message?.kind === 'assign' || message?.kind === 'open') {
            const failed = { kind: 'failed', session: message.session, code: 'signing/preparation-lost' } as const;
            inner.send(random.pick(inner.peers), encodeSigningMessage(failed));
          }
          handler(from, bytes);
        }),
      send: (to, bytes) => {
        const message = signingMessage(bytes);
        inner.send(to, bytes);
        if (message?.kind !== 'assign' && message?.kind !== 'open') return;
        inner.send(to, encodeSigningMessage({ kind: 'failed', session: message.session, code: 'bug/unexpected' }));
      },
    }),
});
