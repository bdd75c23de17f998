import { equalBytes, type PartyIndex } from '@keymesh/foundation';
import { isSchemeOf, SCHEMES } from '@keymesh/protocol/schemes';
import { ROOT_KEYS } from '@keymesh/threshold';
import type { Curves } from '@keymesh/threshold/curves';
import { presigningMessageLengths } from '@keymesh/threshold/ecdsa';
import { MESH_MESSAGE_BYTES_MAX } from '../limits.ts';
import { BATCH_FRAME_BYTES, BATCH_ITEMS_MAX } from './limits.ts';
import type { MakerEpoch } from './maker-events.ts';
import type { BatchHeader } from './messages.ts';
import { type PreparedScheme, preparedScheme } from './preparation.ts';
import { isSignerSet } from './signer-set.ts';

/** Length before each item's body in a message of a batch. Bytes. */
const ITEM_PREFIX_BYTES = 4;

export interface AdmissionContext {
  readonly epoch: Pick<MakerEpoch, 'epochId' | 'self' | 'threshold' | 'partyCount'>;
  readonly curves: Curves;
  /** This node's own boot, too. */
  readonly bootOf: (party: PartyIndex) => Uint8Array | undefined;
}

/**
 * The scheme of a batch that another signer began, or undefined if this node must not take part: unless its header
 * speaks of this epoch, of exactly the boots that this node knows, and of a possible signer set with an owner in it that
 * is not this node, which knows what it ordered itself.
 */
export function admit(
  { epochId, scheme: name, signers, boots, owner, count }: BatchHeader,
  from: PartyIndex,
  { epoch, curves, bootOf }: AdmissionContext,
): PreparedScheme | undefined {
  const scheme = preparedScheme(name);
  const isFit =
    scheme !== undefined &&
    equalBytes(epochId, epoch.epochId) &&
    count >= 1 &&
    count <= batchItemsMax(scheme, curves) &&
    isSignerSet(signers, epoch) &&
    boots.length === signers.length &&
    [from, owner].every((party) => signers.includes(party)) &&
    owner !== epoch.self &&
    signers.every((party, i) => {
      const known = bootOf(party);
      return known !== undefined && equalBytes(known, boots[i] as Uint8Array);
    });
  return isFit ? scheme : undefined;
}

/** Items whose bodies fit into one message of the mesh: on long curves fewer than `BATCH_ITEMS_MAX`. */
export function batchItemsMax(scheme: PreparedScheme, curves: Curves): number {
  if (!isSchemeOf('ecdsa', scheme)) return BATCH_ITEMS_MAX;
  const lengths = presigningMessageLengths(curves[ROOT_KEYS[SCHEMES[scheme].root].curve]);
  const fitting = Math.floor((MESH_MESSAGE_BYTES_MAX - BATCH_FRAME_BYTES) / (Math.max(...lengths) + ITEM_PREFIX_BYTES));
  return Math.min(BATCH_ITEMS_MAX, fitting);
}
