import { KeymeshError, toHex } from '@keymesh/foundation';
import type { NonceCommitmentMessage, RequestOf, RouteName } from '@keymesh/protocol/routes';
import { isSchemeOf, SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import { nobleCurves } from '@keymesh/threshold/curves';
import type { FrostScheme } from '@keymesh/threshold/frost';
import { nonceUnknown, type Opened, type TestNode } from './node.ts';

export interface Exchange {
  readonly node: TestNode;
  readonly others: readonly TestNode[];
  readonly opened: Opened;
  readonly signal: AbortSignal;
}

/** How a node misbehaves: it gets the request, and may do anything with it. */
export type Fault = (exchange: Exchange) => Promise<Response>;

type Answer = Record<string, unknown>;

/** Honest on all routes but one. */
export const only =
  (route: RouteName, fault: Fault): Fault =>
  async (exchange) =>
    exchange.opened.route === route ? fault(exchange) : exchange.node.answer(exchange.opened);

/** Misbehaves so many times, and is honest ever after. */
export function times(count: number, fault: Fault): Fault {
  let left = count;
  return async (exchange) => {
    left -= 1;
    return left >= 0 ? fault(exchange) : exchange.node.answer(exchange.opened);
  };
}

// ── Silence ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export const dead: Fault = async () => {
  throw new TypeError('fetch failed');
};

/** Accepts the connection and says nothing, as a process that is stopped does. */
export const hanging: Fault = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

/** Hangs, below a `fetch` that does not even obey its signal. */
export const deaf: Fault = () => new Promise(() => undefined);

/** Sends the head of an answer and never its body. */
export const trickling: Fault = async () =>
  new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));

export const slow =
  (delayMs: number): Fault =>
  async ({ node, opened }) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return node.answer(opened);
  };

// ── Something else in the node's place ───────────────────────────────────────────────────────────────────────────────

const fixed =
  (status: number, body: string, headers: Record<string, string> = {}): Fault =>
  async () =>
    new Response(body, { status, headers });

export const badGateway = fixed(502, '<html>Bad Gateway</html>');
export const redirecting = fixed(307, '', { location: 'http://elsewhere.test/' });
/** What somebody on the way could say in a node's place. */
export const unsealedDenial = fixed(
  403,
  JSON.stringify({ error: { code: 'permissions/denied', fault: 'caller', message: 'No.' }, requestId: 'somebody' }),
);

// ── Lies ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const garbage = fixed(200, 'these are not the bytes that you are looking for');
export const empty = fixed(200, '');

/** Never ends. */
export const oversized: Fault = async () =>
  new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024).fill(0x61)) }));

const changing =
  (change: (answer: Answer, exchange: Exchange) => Answer): Fault =>
  async (exchange) => {
    const { node, opened } = exchange;
    return node.reply(opened, change(node.handle(opened) as Answer, exchange));
  };

export const unsealed: Fault = async ({ node, opened }) =>
  node.reply({ ...opened, clientPublicKey: undefined }, node.handle(opened));

/** An answer that another member sealed. */
export const otherSeal: Fault = async ({ node, others, opened }) => others[0]!.reply(opened, node.handle(opened));

export const wrongForm = changing((answer) => ({ ...answer, surprise: true }));

export const wrongParty = changing((answer) =>
  'party' in answer ? { ...answer, party: ((answer.party as number) % 3) + 1 } : answer,
);

/** A share that is a valid scalar or point and not the right one. */
export const wrongShare = changing((answer, exchange) => ({ ...answer, share: otherShare(answer, exchange) }));

/** Bytes that are no share at all. */
export const malformedShare = changing((answer) =>
  'share' in answer ? { ...answer, share: 'ff'.repeat(String(answer.share).length / 2) } : answer,
);
export const shortShare = changing((answer) => ('share' in answer ? { ...answer, share: 'ab' } : answer));

function otherShare(answer: Answer, { node, opened }: Exchange): unknown {
  if (!('share' in answer)) return undefined;
  const request = opened.request as RequestOf<'signShare'>;
  if (opened.route === 'signShare' && isSchemeOf('frost', request.scheme)) {
    return toHex(nobleCurves[SCHEMES[request.scheme].root].encodeScalar(5n));
  }
  const other =
    opened.route === 'decrypt' ? { dataToEncryptHash: '11'.repeat(32) } : { message: `${request.message}00` };
  return (node.handle({ ...opened, request: { ...request, ...other } }) as Answer).share;
}

const changingCommitments = (change: (commitment: NonceCommitmentMessage, scheme: SchemeName) => Answer): Fault =>
  changing((answer, { opened }) => {
    const { scheme } = opened.request as { readonly scheme: SchemeName };
    const list = (answer.commitments ?? []) as NonceCommitmentMessage[];
    return { ...answer, commitments: list.map((commitment) => ({ ...commitment, ...change(commitment, scheme) })) };
  });

/** Bytes that are no point. */
export const malformedCommitment = only(
  'signCommit',
  changingCommitments(({ hiding }) => ({ hiding: 'ee'.repeat(hiding.length / 2) })),
);

export const noCommitment = only(
  'signCommit',
  changing((answer) => ({ ...answer, commitments: [] })),
);

/** Commits to a nonce that it does not know, and then has to make up its share. */
export function strangeCommitment(): Fault {
  const strange = only(
    'signCommit',
    changingCommitments((_, scheme) => {
      const curve = nobleCurves[SCHEMES[scheme as FrostScheme].root];
      return { binding: toHex(curve.encodePoint(curve.multiplyBasePublic(4_242n))) };
    }),
  );
  return async (exchange) => {
    const { node, opened } = exchange;
    if (opened.route !== 'signShare') return strange(exchange);
    const { scheme } = opened.request as RequestOf<'signShare'>;
    const { scalarBytes, encodeScalar } = nobleCurves[SCHEMES[scheme as FrostScheme].root];
    const share = toHex(encodeScalar(7n).subarray(0, scalarBytes));
    return node.reply(opened, { party: node.party, share, publicKey: 'ab'.repeat(32) });
  };
}

// ── Refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const refusing =
  (code: string, fault: KeymeshError['fault'] = 'caller', message = `It says ${code}.`): Fault =>
  async ({ node, opened }) =>
    node.refuse(opened, new KeymeshError(message, { code, fault }));

const forgetting: Fault = async ({ node, opened }) => {
  node.forgetNonces();
  return node.refuse(opened, nonceUnknown());
};

/** Forgets its nonces whenever it is asked to use them. */
export const forgetful: Fault = only('signShare', forgetting);

/** Forgets them once. */
export const restarted = (): Fault => only('signShare', times(1, forgetting));

/** Refuses, and accuses others of it. */
export const accusing: Fault = async ({ node, others, opened }) =>
  node.refuse(
    opened,
    new KeymeshError('\u001b[31mThey did it.\u0007', {
      code: 'node/not-ready',
      fault: 'peer',
      culprits: others.map(({ party }) => party),
    }),
  );

// ── Handshakes ───────────────────────────────────────────────────────────────────────────────────────────────────────

const shaking = (changes: (exchange: Exchange) => Parameters<TestNode['shakeHands']>[1]): Fault =>
  only('handshake', async (exchange) => {
    const { node, opened } = exchange;
    const { challenge } = opened.request as RequestOf<'handshake'>;
    return node.reply(opened, node.shakeHands(challenge, changes(exchange)));
  });

export const otherEpoch = shaking(() => ({ epoch: 99 }));
export const otherMember = shaking(({ others }) => ({ party: others[0]!.party }));
export const otherIdentity = shaking(({ others }) => ({ meshIdentity: toHex(others[0]!.meshIdentity) }));
export const otherPackage = (networkPublicKeyPackage: string): Fault => shaking(() => ({ networkPublicKeyPackage }));
export const unreadablePackage = shaking(() => ({ networkPublicKeyPackage: '01'.repeat(40) }));
export const otherTranscript = shaking(() => ({ transcriptDigest: '22'.repeat(32) }));

/** Somebody else in the node's place, who signs well and with the wrong key. */
export const impostor: Fault = only('handshake', async ({ node, others, opened }) => {
  const { challenge } = opened.request as RequestOf<'handshake'>;
  return node.reply(opened, others[0]!.shakeHands(challenge, { party: node.party, nodeAddress: node.address }));
});

/** Would have requests sealed to a key that is not on chain. */
export const otherSealingKey = shaking(({ others }) => ({ sealingKey: toHex(others[0]!.sealingKey) }));

/** Signs what somebody else was asked: a recorded answer. */
export const replayedHandshake: Fault = only('handshake', async ({ node, opened }) =>
  node.reply(opened, node.shakeHands('33'.repeat(32))),
);
