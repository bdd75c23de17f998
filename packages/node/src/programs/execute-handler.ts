import { ActionError, type ActionLimits, type Fetcher, Recorder, runAction, type SandboxPool } from '@keymesh/actions';
import { type Clock, toHex } from '@keymesh/foundation';
import { assertCid, cidOf, multihashOf } from '@keymesh/protocol/cid';
import { executeRequestIdentity, type RequestOf, type ResponseOf, runIdOf } from '@keymesh/protocol/routes';
import { capability } from '@keymesh/protocol/sessions';
import { NodeError } from '../errors.ts';
import type { RequestContext } from '../http/handlers.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { RequestIds } from '../requests/request-ids.ts';
import { isSignerSet } from '../stock/signer-set.ts';
import { LogProgress } from './log-progress.ts';
import { ProgramHost, type ProgramHostModules } from './program-host.ts';
import type { ProgramRounds } from './program-rounds.ts';

export interface ExecuteHandlerModules extends ProgramHostModules {
  readonly requestIds: RequestIds;
  readonly rounds: ProgramRounds;
  readonly pool: SandboxPool;
  readonly fetcher: Fetcher;
  readonly limits: ActionLimits;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Whether runs are written down for callers that ask for it. */
  readonly recordings: boolean;
}

export type ExecuteHandler = (request: RequestOf<'execute'>, context: RequestContext) => Promise<ResponseOf<'execute'>>;

/** All functions that sign have it in their names; a program without it signs nothing. */
const SIGNS = /sign/i;

/** Runs a program for a caller whose session may run it. What it may sign or decrypt is decided when it asks. */
export function createExecuteHandler(modules: ExecuteHandlerModules): ExecuteHandler {
  const { authorization, requestIds, rounds, programs, serving, metrics } = modules;
  return async (request, context) => {
    const epoch = serving(request.epoch);
    const { signers, requestId, jsParams: jsParamsText } = request;
    if (!isSignerSet(signers, epoch)) throw badRunners(epoch);
    const recorder = recorderFor(request, modules);
    const source = request.code ?? (await findProgram(request.cid as string, modules));
    const cid = cidOf(source);
    // Of the text that runs, whichever CID it was asked for by.
    const caller = authorization.caller(request.authSig, capability('lit-action-execution', cid));
    const jsParams = readParams(jsParamsText);
    const identity = executeRequestIdentity(caller.wallet, {
      ...{ cid, jsParams: jsParamsText, signers },
      epoch: request.epoch,
    });
    requestIds.claim(caller.wallet, requestId, identity);
    if (SIGNS.test(source)) authorization.expectSigning(caller, multihashOf(cid));
    const id = runIdOf(identity, requestId);
    const own = rounds.open(id, epoch.self, signers);
    if (own === undefined) throw alreadyRunning();
    const progress = new LogProgress(modules.clock, (logs) => context.progress({ logs }));
    const onLog = request.stream === true ? (text: string) => progress.add(text) : undefined;
    try {
      const host = new ProgramHost(
        { id, epoch: request.epoch, authSig: request.authSig, caller, rounds: own },
        { ...modules, programs },
      );
      const program = { source, cid, jsParams, headers: context.headers() };
      const outcome = await runAction(program, { ...modules, host, observer: recorder, onLog });
      metrics.programRuns.inc({ outcome: outcome.error?.code ?? 'done' });
      context.logger.info('program.ran', {
        ...{ cid, clientRequestId: requestId, outcome: outcome.error?.code ?? 'done' },
        signatures: outcome.signatures.size,
      });
      return {
        party: epoch.self,
        cid,
        ...(outcome.error === undefined ? {} : { error: outcome.error }),
        ...{ response: outcome.response, logs: outcome.logs, steps: [...outcome.steps] },
        signatures: Object.fromEntries(
          [...outcome.signatures].map(([sigName, { tokenId, scheme, message, name, partial }]) => [
            sigName,
            {
              tokenId: `0x${tokenId.toString(16).padStart(64, '0')}`,
              ...{ scheme, name, message: toHex(message) },
              ...partial,
            },
          ]),
        ),
        claims: Object.fromEntries(outcome.claims),
        ...(recorder?.recording === undefined ? {} : { recording: recorder.recording }),
      };
    } finally {
      progress.stop();
      rounds.close(id);
    }
  };
}

/** What a program sees is not its caller's: a recording has secrets that it decrypted, and what others told it. */
function recorderFor(
  { record }: Pick<RequestOf<'execute'>, 'record'>,
  { recordings }: Pick<ExecuteHandlerModules, 'recordings'>,
): Recorder | undefined {
  if (record !== true) return undefined;
  if (recordings) return new Recorder();
  throw new NodeError('This node does not write runs down.', {
    code: 'actions/not-recorded',
    fault: 'caller',
    hint: 'Record on a local network (`keymesh up`). A recording has everything that a program saw, secrets included.',
  });
}

async function findProgram(cid: string, { programs }: ExecuteHandlerModules): Promise<string> {
  assertCid(cid);
  return programs.find(cid);
}

function readParams(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below, as every other text that is no object.
  }
  throw new ActionError('The parameters of the program are no JSON object.', {
    code: 'actions/bad-arguments',
    fault: 'caller',
    hint: 'Pass an object as jsParams.',
  });
}

function badRunners({
  threshold,
  partyCount,
  self,
}: {
  threshold: number;
  partyCount: number;
  self: number;
}): NodeError {
  return new NodeError('These nodes cannot run a program together.', {
    code: 'signing/invalid-signer-set',
    fault: 'caller',
    hint: `Name exactly ${threshold} parties of 1 … ${partyCount}, ascending, this node (party ${self}) among them.`,
    details: { threshold },
  });
}

function alreadyRunning(): NodeError {
  return new NodeError('The same request is running here already.', {
    code: 'wire/request-id-reused',
    fault: 'caller',
    hint: 'Choose a fresh random id for each run.',
  });
}
