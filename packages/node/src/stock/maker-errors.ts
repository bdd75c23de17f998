import type { PartyIndex } from '@keymesh/foundation';
import { NodeError } from '../errors.ts';

export function notServing(): NodeError {
  return new NodeError('The node serves no epoch.', {
    code: 'node/not-ready',
    fault: 'environment',
    hint: 'Wait until key generation is done.',
  });
}

export function peersAway(missing: readonly PartyIndex[]): NodeError {
  return new NodeError('Some signers have not been heard of since this node started.', {
    code: 'stock/signers-away',
    fault: 'environment',
    hint: 'Use a signer set without them, or wait until they are connected.',
    details: { missing },
  });
}

export function restarted(peer: PartyIndex): NodeError {
  return new NodeError(`Party ${peer} restarted while a preparation was made with it.`, {
    code: 'stock/preparation-failed',
    fault: 'environment',
    hint: 'Try again.',
    details: { party: peer },
  });
}

export function pairBurnt(pair: readonly PartyIndex[]): NodeError {
  return new NodeError('Two of the signers cannot make ECDSA signatures together in this epoch.', {
    code: 'stock/pair-burnt',
    fault: 'environment',
    hint: 'One of them failed a check of the other. Use a signer set that has at most one of the two.',
    details: { pair },
  });
}

/** Another signer gave a batch up; its reason is its own word and blames nobody. */
export function peerGaveUp(party: PartyIndex, code: string): NodeError {
  return new NodeError(`Party ${party} gave up making a preparation.`, {
    code: 'stock/preparation-failed',
    fault: 'environment',
    hint: 'Try again, or with another signer set.',
    details: { party, reason: /^[a-z0-9/-]{1,64}$/.test(code) ? code : 'unknown' },
  });
}

export function makerEnded(exitCode: number): NodeError {
  return new NodeError('The thread that makes preparations ended by itself.', {
    code: 'stock/maker-ended',
    fault: 'bug',
    hint: 'The node must end too. Please report it with the log.',
    details: { exitCode },
  });
}
