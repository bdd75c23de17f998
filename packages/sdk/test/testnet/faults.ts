import { KeymeshError, toHex } from '@keymesh/foundation';
import type { RequestOf, ResponseOf, RouteName } from '@keymesh/protocol/routes';
import { isSchemeOf, SCHEMES } from '@keymesh/protocol/schemes';
import { nobleCurves } from '@keymesh/threshold/curves';
import { dealKeys } from './dealer.ts';
import { signerSilent } from './mesh.ts';
import type { Opened, TestNode } from './node.ts';

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
    return node.reply(opened, change((await node.handle(opened)) as Answer, exchange));
  };

export const unsealed: Fault = async ({ node, opened }) =>
  node.reply({ ...opened, clientPublicKey: undefined }, await node.handle(opened));

/** An answer that another member sealed. */
export const otherSeal: Fault = async ({ node, others, opened }) => others[0]!.reply(opened, await node.handle(opened));

export const wrongForm = changing((answer) => ({ ...answer, surprise: true }));

export const wrongParty = changing((answer) =>
  'party' in answer ? { ...answer, party: ((answer.party as number) % 3) + 1 } : answer,
);

/** A share that is a valid scalar or point and not the right one. */
export const wrongShare: Fault = async ({ node, opened }) => {
  const answer = (await node.handle(opened)) as Answer;
  const request = opened.request as RequestOf<'sign'>;
  if (opened.route === 'sign' && request.scheme !== 'Bls12381') {
    return node.reply(opened, { ...answer, share: toHex(nobleCurves[SCHEMES[request.scheme].root].encodeScalar(5n)) });
  }
  const other =
    opened.route === 'decrypt' ? { dataToEncryptHash: '11'.repeat(32) } : { message: `${request.message}00` };
  const { share } = (await node.handle({ ...opened, request: { ...request, ...other } })) as Answer;
  return node.reply(opened, { ...answer, share });
};

/** Bytes that are no share at all. */
export const malformedShare = changing((answer) =>
  'share' in answer ? { ...answer, share: 'ff'.repeat(String(answer.share).length / 2) } : answer,
);
export const shortShare = changing((answer) => ('share' in answer ? { ...answer, share: 'ab' } : answer));

// ── Lies about the preparation ───────────────────────────────────────────────────────────────────────────────────────

type SignAnswer = ResponseOf<'sign'>;

/** Takes part, and then says something else. */
const changingPreparation = (change: (answer: SignAnswer, exchange: Exchange) => Answer): Fault =>
  only(
    'sign',
    changing((answer, exchange) => change(answer as unknown as SignAnswer, exchange)),
  );

const changingRecord = (change: (record: string) => string): Fault =>
  changingPreparation(({ ecdsa, ...rest }) => ({
    ...rest,
    ...(ecdsa === undefined ? {} : { ecdsa: { ...ecdsa, record: change(ecdsa.record) } }),
  }));

export const noPreparation = changingPreparation(({ party, share, publicKey }) => ({ party, share, publicKey }));

/** Commits to bytes that are no point, in its own name. */
export const malformedCommitment = changingPreparation(({ frost, ...rest }) => ({
  ...rest,
  frost: {
    ...frost!,
    commitments: frost!.commitments.map((commitment) =>
      commitment.party === rest.party
        ? { ...commitment, hiding: 'ee'.repeat(commitment.hiding.length / 2) }
        : commitment,
    ),
  },
}));

/** Leaves a signer out. */
export const shortCommitments = changingPreparation(({ frost, ...rest }) => ({
  ...rest,
  frost: { ...frost!, commitments: frost!.commitments.slice(1) },
}));

/** Says that it committed to something else than what it signed with. */
export const strangeCommitment = changingPreparation(({ frost, ...rest }, { opened }) => {
  const { scheme } = opened.request as RequestOf<'sign'>;
  if (!isSchemeOf('frost', scheme)) throw new Error('no scheme of FROST');
  const curve = nobleCurves[SCHEMES[scheme].root];
  const binding = toHex(curve.encodePoint(curve.multiplyBasePublic(4_242n)));
  const commitments = frost!.commitments.map((one) => (one.party === rest.party ? { ...one, binding } : one));
  return { ...rest, frost: { ...frost!, commitments } };
});

/** The same commitments under another name. */
export const otherPreparationId = changingPreparation(({ frost, ...rest }) => ({
  ...rest,
  frost: { ...frost!, id: '77'.repeat(32) },
}));

export const malformedRecord = changingRecord(
  (record) => `${record.slice(0, -2)}${record.endsWith('00') ? '01' : '00'}`,
);
export const noRecord = changingRecord(() => '');

export const wrongOpening = changingPreparation(({ ecdsa, ...rest }) => ({
  ...rest,
  ecdsa: {
    ...ecdsa!,
    openings: ecdsa!.openings.map((opening, i) => (i === 0 ? { ...opening, entropy: '88'.repeat(32) } : opening)),
  },
}));

export const missingOpening = changingPreparation(({ ecdsa, ...rest }) => ({
  ...rest,
  ecdsa: { ...ecdsa!, openings: ecdsa!.openings.slice(1) },
}));

/** A preparation of its own that is right in itself, with a share that fits: another story. */
export const otherStory = changingPreparation((_, { node, opened }) => ({
  ...node.signAlone(opened.request as RequestOf<'sign'>),
}));

/** The same, with a share that does not fit. */
export const badOtherStory = changingPreparation((_, { node, opened }) => {
  const { share } = node.signAlone(opened.request as RequestOf<'sign'>);
  return { ...node.signAlone(opened.request as RequestOf<'sign'>), share };
});

/** A preparation of other signers. */
export const foreignSigners = changingPreparation((_, { node, others, opened }) => {
  const request = opened.request as RequestOf<'sign'>;
  const outsider = others.find(({ party }) => !request.signers.includes(party))!.party;
  const replaced = request.signers.find((party) => party !== node.party)!;
  const signers = request.signers.map((party) => (party === replaced ? outsider : party)).sort((a, b) => a - b);
  return { ...node.signAlone(request, { signers }) };
});

/** A presignature of a key that is not the network's. */
export const foreignKey = changingPreparation((_, { node, others, opened }) => {
  const request = opened.request as RequestOf<'sign'>;
  return { ...node.signAlone(request, { keys: dealKeys(others.length + 1, request.signers.length, 'foreign') }) };
});

// ── Refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const refusing =
  (code: string, fault: KeymeshError['fault'] = 'caller', message = `It says ${code}.`): Fault =>
  async ({ node, opened }) =>
    node.refuse(opened, new KeymeshError(message, { code, fault }));

/** Has lost what it had prepared, once. */
export const restarted = (): Fault => only('sign', times(1, refusing('signing/preparation-lost', 'environment')));

/** Never has what is assigned. */
export const forgetful: Fault = only('sign', refusing('signing/preparation-lost', 'environment'));

/** Says that others are silent; all of them, or the first that is not itself. */
export const accusingOf = (whom: 'all' | 'one'): Fault =>
  only('sign', async ({ node, opened }) => {
    const { signers } = opened.request as RequestOf<'sign'>;
    const others = signers.filter((party) => party !== node.party);
    return node.refuse(opened, signerSilent(whom === 'all' ? others : others.slice(0, 1)));
  });

/** Says that it cannot work with another signer: first one, then the next. */
export const burningPairs: Fault = only('sign', async ({ node, opened }) => {
  const { signers } = opened.request as RequestOf<'sign'>;
  const other = signers.find((party) => party !== node.party)!;
  const details = { pair: [node.party, other].sort((a, b) => a - b) };
  return node.refuse(opened, new KeymeshError('Burnt.', { code: 'stock/pair-burnt', fault: 'environment', details }));
});

/** Says that a pair of others is burnt, which is not its business. */
export const gossiping: Fault = only('sign', async ({ node, opened }) => {
  const { signers } = opened.request as RequestOf<'sign'>;
  const details = { pair: signers.filter((party) => party !== node.party).slice(0, 2) };
  return node.refuse(opened, new KeymeshError('Burnt.', { code: 'stock/pair-burnt', fault: 'environment', details }));
});

/** Says that a preparation failed, and suspects everybody else. */
export const suspecting: Fault = only('sign', async ({ node, opened }) => {
  const { signers } = opened.request as RequestOf<'sign'>;
  const details = { suspects: signers.filter((party) => party !== node.party) };
  return node.refuse(
    opened,
    new KeymeshError('It failed.', { code: 'stock/preparation-failed', fault: 'environment', details }),
  );
});

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
