import type { PartyIndex } from '@keymesh/foundation';
import { NodeError } from '../errors.ts';

/** The leader assigned something that this node does not have: one of them restarted, or the leader is wrong. */
export function preparationLost(leader: PartyIndex): NodeError {
  return new NodeError('The preparation that was assigned to the request is not there.', {
    code: 'signing/preparation-lost',
    fault: 'environment',
    hint: 'A signer restarted just now, or its stock was full. Send the request again with a fresh id.',
    details: { leader },
  });
}

/** Another signer gave the request up. Its word blames nobody. */
export function signerFailed(party: PartyIndex, code: string): NodeError {
  return new NodeError(`Party ${party} could not go on with the request.`, {
    code: 'signing/signer-failed',
    fault: 'environment',
    hint: 'Its own answer says why. Send the request again, or to another signer set.',
    details: { party, reason: /^[a-z0-9/-]{1,64}$/.test(code) ? code : 'unknown' },
  });
}

export function signerSilent(silent: readonly PartyIndex[]): NodeError {
  return new NodeError('Other signers did not send their part in time.', {
    code: 'signing/signer-silent',
    fault: 'peer',
    hint: 'As this node saw it, the named parties are slow or down. Sign with others.',
    culprits: silent,
  });
}

/** This node leads and has not made a preparation in time; whose fault that is only the stock can say. */
export function preparationSlow(): NodeError {
  return new NodeError('A preparation for the request was not made in time.', {
    code: 'stock/preparation-timeout',
    fault: 'environment',
    hint: 'Some signers are slow or out of reach. Send the request again, or to another signer set.',
  });
}

/** The epoch is in service, and this node is not on the mesh of its members. */
export function notOnMesh(): NodeError {
  return new NodeError('The node is not connected with the other signers.', {
    code: 'node/not-ready',
    fault: 'environment',
    hint: 'It joins them when it has read the chain, or is already with the members of the next epoch. Try again soon.',
  });
}

export function epochEnded(): NodeError {
  return new NodeError('The epoch ended while the request was under way.', {
    code: 'wire/stale-epoch',
    fault: 'caller',
    hint: 'Connect again, so that the client learns the members and keys of the epoch in service.',
  });
}

export function tooManySessions(): NodeError {
  return new NodeError('The node has too many signing requests under way.', {
    code: 'node/overloaded',
    fault: 'environment',
    hint: 'Send the request again in a moment, or to other nodes.',
  });
}
