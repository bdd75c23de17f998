import type { PartyIndex } from '@keymesh/foundation';
import { leaderOf } from '@keymesh/protocol/routes';
import { SIGNING_TRIES_MAX } from '../limits.ts';
import type { Network, NetworkNode } from '../network/network.ts';
import type { Answer } from '../nodes/collect.ts';
import { convict } from '../nodes/collect-verified.ts';
import { isAboutNode, isUnreachable, liarsOf, lied, type NodeFailure, unreachable } from '../nodes/node-failure.ts';
import { quorumError } from '../nodes/quorum-error.ts';
import { collectShares } from './collect-shares.ts';
import { judgeContradiction } from './judge-contradiction.ts';
import { type FailedTry, isOfTheSet, judgeFailures } from './judge-failures.ts';
import { rotate } from './rotation.ts';
import type { CombinedSignature, SharedPreparation, SigningSession } from './shared-preparation.ts';
import { SignerChoice } from './signer-choice.ts';
import { createAttempt, requestShare, type SignAnswer, type SigningRequest, sessionIdOf } from './signing-request.ts';

export interface SetSignature extends CombinedSignature {
  readonly signers: readonly PartyIndex[];
  readonly culprits: readonly PartyIndex[];
}

/** A share, what it says it was made with, and that as read. */
interface OpenedShare<Context> {
  readonly share: Uint8Array;
  readonly text: string;
  readonly context: Context;
}

/**
 * A signature of a scheme whose signers work together on a preparation. The client sends the same request to t signers
 * and verifies what comes back; it has no secret, and a signature that verifies needs no trust in it. When a try fails
 * it asks another set, for at most `SIGNING_TRIES_MAX` tries.
 *
 * @throws the error that says best why there is no signature: see `quorumError`; errors that are not about a node.
 */
export async function signWithSet<Context>(
  network: Network,
  request: SigningRequest,
  preparation: SharedPreparation<Context>,
): Promise<SetSignature> {
  const operation = new SetOperation(network, request, preparation);
  for (let tried = 0; tried < SIGNING_TRIES_MAX; tried++) {
    const signers = operation.choice.next();
    if (signers === undefined) break;
    const signed = await operation.try(signers);
    if (signed !== undefined) return signed;
  }
  throw operation.error();
}

class SetOperation<Context> {
  readonly choice: SignerChoice;
  readonly #network: Network;
  readonly #request: SigningRequest;
  readonly #preparation: SharedPreparation<Context>;
  /** The last failure of each node whose last answer was of no use. */
  readonly #failures = new Map<PartyIndex, NodeFailure>();
  readonly #forgetful = new Set<PartyIndex>();

  constructor(network: Network, request: SigningRequest, preparation: SharedPreparation<Context>) {
    const { shareholders, nodes, threshold, health } = network;
    this.#network = network;
    this.#request = request;
    this.#preparation = preparation;
    const wanted = health.order(rotate(shareholders, nodes.length, request.key.tokenId));
    this.choice = new SignerChoice(wanted, threshold);
  }

  /** @returns `undefined` if it failed, and the next set is better chosen. */
  async try(signers: readonly NetworkNode[]): Promise<SetSignature | undefined> {
    const attempt = createAttempt(this.#network, this.#request, signers);
    const parties = attempt.content.signers;
    const session: SigningSession = { id: sessionIdOf(attempt), signers: parties };
    const leader = leaderOf(session.id, parties);
    const failed: FailedTry = { signers: parties, leader, forgetful: this.#forgetful };
    const contexts = new Map<string, Context>();
    const collected = await collectShares({
      signers,
      spareCount: this.choice.candidateCount - signers.length,
      ask: async (node, signal): Promise<OpenedShare<Context>> => {
        const answer = await requestShare(this.#network, attempt, node, signal);
        const text = this.#preparation.textOf(answer);
        if (text === undefined) throw lied(node, 'it does not say what its share was made with');
        const context = contexts.get(text) ?? this.#open(node, answer, session);
        contexts.set(text, context);
        return { share: answer.share, text, context };
      },
    });
    if ('shares' in collected) {
      return this.#combine(
        failed,
        signers.map((node) => ({ node, value: collected.shares.get(node.party) as OpenedShare<Context> })),
      );
    }
    const { failures, late, named, good } = collected;
    const ours = failures.find(({ error }) => !isAboutNode(error));
    if (ours !== undefined) {
      for (const { node } of failures.filter(({ error }) => isAboutNode(error)))
        this.#network.health.failed(node.party);
      throw ours.error;
    }
    for (const party of good) this.#failures.delete(party);
    this.#noteFailures(failed, failures);
    for (const node of [...late, ...named]) this.#noteSilent(node);
    for (const { party } of late) this.choice.strike(party);
    return undefined;
  }

  /** @throws SdkError `sdk/node-lied`: a signer checks all of it before it makes its share. */
  #open(node: NetworkNode, answer: SignAnswer, session: SigningSession): Context {
    let cause: unknown;
    try {
      const context = this.#preparation.open(answer, session);
      if (context !== undefined) return context;
    } catch (thrown) {
      cause = thrown;
    }
    throw lied(node, 'what it says that its share was made with cannot be true', cause);
  }

  #combine(failed: FailedTry, answers: readonly Answer<OpenedShare<Context>>[]): SetSignature | undefined {
    for (const { node } of answers) this.#failures.delete(node.party);
    const [first] = answers as readonly [Answer<OpenedShare<Context>>];
    const stated = answers.map(({ node, value }) => ({ node, text: value.text }));
    if (stated.some(({ text }) => text !== first.value.text)) {
      this.#judgeContradiction(failed, answers);
      return undefined;
    }
    try {
      const shares = answers.map(({ node, value }) => ({ party: node.party, share: value.share }));
      const combined = this.#preparation.combine(first.value.context, shares);
      this.#remember(answers.map(({ node }) => node));
      return { ...combined, signers: failed.signers, culprits: liarsOf([...this.#failures.values()]) };
    } catch (thrown) {
      const convicted = convict(thrown, answers);
      if (convicted.length === 0) throw thrown;
      this.#noteFailures(failed, convicted);
      return undefined;
    }
  }

  /** A share that does not verify with what its own sender says is a lie, whatever others say. */
  #judgeContradiction(failed: FailedTry, answers: readonly Answer<OpenedShare<Context>>[]): void {
    const isValid = ({ node, value: { context, share } }: Answer<OpenedShare<Context>>): boolean =>
      this.#preparation.isShareValid(context, { party: node.party, share });
    const liars = answers.filter((answer) => !isValid(answer)).map(({ node }) => node);
    this.#noteFailures(
      failed,
      liars.map((node) => ({ node, error: lied(node, 'its share does not verify') })),
    );
    const honest = answers
      .filter(({ node }) => !liars.includes(node))
      .map(({ node, value: { text } }) => ({ node, text }));
    if (new Set(honest.map(({ text }) => text)).size < 2) return;
    for (const failure of judgeContradiction(this.choice, failed, honest)) {
      this.#failures.set(failure.node.party, failure);
    }
  }

  #noteFailures(failed: FailedTry, failures: readonly NodeFailure[]): void {
    for (const failure of failures) {
      const { party } = failure.node;
      this.#failures.set(party, failure);
      if (!isOfTheSet(failure)) this.#network.health.failed(party);
    }
    judgeFailures(this.choice, failed, failures);
  }

  #noteSilent(node: NetworkNode): void {
    this.#failures.set(node.party, { node, error: unreachable(node, 'answers too slowly') });
    this.#network.health.failed(node.party);
  }

  /** The set that worked is asked first next time. */
  #remember(signers: readonly NetworkNode[]): void {
    const { health } = this.#network;
    for (const { party } of signers) health.succeeded(party);
    for (const party of this.choice.troubledBeside(signers)) health.failed(party);
  }

  /** Where enough nodes can be reached it is what keeps them from working together; else it is who is missing. */
  error(): Error {
    const { shareholders, threshold } = this.#network;
    const failures = [...this.#failures.values()];
    const unreachableCount = failures.filter(({ error }) => isUnreachable(error)).length;
    const areEnough = shareholders.length - unreachableCount >= threshold;
    return quorumError({
      needed: threshold,
      total: shareholders.length,
      // Those of which nothing bad is known: a try that fails does not wait for all.
      answered: shareholders.length - failures.length,
      failures: areEnough ? failures : failures.filter((failure) => !isOfTheSet(failure)),
    });
  }
}
