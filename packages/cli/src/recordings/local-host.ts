import type { ActionHost } from '@keymesh/actions';
import { CliError } from '../errors.ts';

/**
 * What a program finds when it runs on its author's machine alone: it is the only node. It has no keys and no chains;
 * what needs them comes from a recording, or is refused.
 */
export function createLocalHost(): ActionHost {
  const rounds = new Map<string, Uint8Array>();
  const refuse = (what: string) => async (): Promise<never> => {
    throw needsNetwork(what);
  };
  const chains: ActionHost['chains'] = {
    latestNonce: refuse('getLatestNonce'),
    callContract: refuse('callContract'),
    rpcUrl: () => {
      throw needsNetwork('getRpcUrl');
    },
    isPermittedAddress: refuse('isPermittedAddress'),
    isPermittedAction: refuse('isPermittedAction'),
    getPermittedAddresses: refuse('getPermittedAddresses'),
    getPermittedActions: refuse('getPermittedActions'),
    isPermittedAuthMethod: refuse('isPermittedAuthMethod'),
    getPermittedAuthMethods: refuse('getPermittedAuthMethods'),
    getPermittedAuthMethodScopes: refuse('getPermittedAuthMethodScopes'),
  };
  return {
    auth: { authSigAddress: null, authMethodContexts: [], resources: [], customAuthResource: '' },
    peers: {
      ...{ self: 1, parties: [1], leaderOf: () => 1 },
      publish: (round, value) => {
        rounds.set(round, value);
      },
      collect: async (round) => new Map([[1, rounds.get(round) ?? new Uint8Array(0)]]),
    },
    ...{ chains, begin: async () => undefined },
    signPartially: refuse('A signature'),
    signAndCombine: refuse('A signature'),
    verifyActionSignature: () => {
      throw needsNetwork('verifyActionSignature');
    },
    actionPublicKey: () => {
      throw needsNetwork('getActionPublicKey');
    },
    claimKey: refuse('claimKey'),
    checkConditions: refuse('checkConditions'),
    encrypt: () => {
      throw needsNetwork('encrypt');
    },
    decrypt: refuse('Decryption'),
    loadAction: refuse('A child'),
  };
}

function needsNetwork(what: string): CliError {
  return new CliError(`${what} needs the network, and this run has none.`, {
    code: 'cli/needs-network',
    fault: 'caller',
    hint: 'Record a run on a network with --record, and pass the recording to --local: its answers are used.',
  });
}
