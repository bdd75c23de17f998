import { type PartyIndex, toHex } from '@keymesh/foundation';
import { type HandshakeStatement, handshakeDigest, type RequestOf, type ResponseOf } from '@keymesh/protocol/routes';
import { encodePublicKeyPackage } from '@keymesh/threshold/public-key-package';
import type { ChainSnapshot } from '../chain/chain.ts';
import type { EpochInService } from '../epochs/epoch-coordinator.ts';
import { NodeError } from '../errors.ts';

export interface IdentityHandlerModules {
  readonly version: string;
  /** 16 bytes as hex. */
  readonly bootId: string;
  readonly nodeAddress: string;
  /** 32-byte public keys. */
  readonly meshIdentity: Uint8Array;
  readonly sealingKey: Uint8Array;
  /** Ed25519 by the mesh identity. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly currentEpoch: () => EpochInService | undefined;
  readonly latestSnapshot: () => ChainSnapshot | undefined;
  /** Whether the node can sign with the other members. */
  readonly hasMetMembers: () => boolean;
  /** Around the programs that the node runs; undefined if it runs none. */
  readonly walls: readonly string[] | undefined;
}

/** The handlers of the routes that say who a node is and how it is. */
export interface IdentityHandlers {
  health(request: RequestOf<'health'>): Promise<ResponseOf<'health'>>;
  ready(request: RequestOf<'ready'>): Promise<ResponseOf<'ready'>>;
  handshake(request: RequestOf<'handshake'>): Promise<ResponseOf<'handshake'>>;
}

export function createIdentityHandlers(modules: IdentityHandlerModules): IdentityHandlers {
  const serving = (): { epoch: EpochInService; snapshot: ChainSnapshot } => {
    const epoch = modules.currentEpoch();
    const snapshot = modules.latestSnapshot();
    if (epoch === undefined || snapshot === undefined) throw notReady(snapshot);
    return { epoch, snapshot };
  };
  let encoded: { readonly of: EpochInService; readonly hex: string } | undefined;
  /** Once for each epoch: anybody may ask for a handshake, so it must be cheap. */
  const publicKeyPackageHex = (epoch: EpochInService): string => {
    if (encoded?.of !== epoch) encoded = { of: epoch, hex: toHex(encodePublicKeyPackage(epoch.publicKeyPackage)) };
    return encoded.hex;
  };
  return {
    health: async () => ({
      ...{ status: 'ok', version: modules.version, bootId: modules.bootId },
      ...(modules.walls === undefined ? {} : { walls: [...modules.walls] }),
    }),

    ready: async () => {
      const { epoch } = serving();
      if (!modules.hasMetMembers()) throw notYet('it looks for the other members');
      return { ready: true, epoch: epoch.epoch, party: epoch.self };
    },

    handshake: async ({ challenge }) => {
      const { epoch, snapshot } = serving();
      const statement: HandshakeStatement = {
        nodeAddress: modules.nodeAddress,
        party: epoch.self,
        epoch: epoch.epoch,
        version: modules.version,
        networkPublicKeyPackage: publicKeyPackageHex(epoch),
        transcriptDigest: toHex(epoch.transcriptDigest),
        executionId: toHex(epoch.executionId),
        resultHash: toHex(epoch.resultHash),
        meshIdentity: toHex(modules.meshIdentity),
        sealingKey: toHex(modules.sealingKey),
        latestBlock: { number: Number(snapshot.block.number), hash: snapshot.block.hash },
      };
      return { ...statement, signature: toHex(modules.sign(handshakeDigest(challenge, statement))) };
    },
  };
}

/** Why a node does not serve yet, as far as it knows. */
export function notReady(snapshot: ChainSnapshot | undefined): NodeError {
  return notYet(reason(snapshot));
}

function notYet(why: string): NodeError {
  return new NodeError(`The node does not serve yet: ${why}.`, {
    code: 'node/not-ready',
    fault: 'environment',
    hint: 'Wait until GET /v1/ready answers 200, or ask another node.',
  });
}

function reason(snapshot: ChainSnapshot | undefined): string {
  if (snapshot === undefined) return 'it has not reached the chain';
  if (snapshot.active !== undefined) {
    return `it holds no share of epoch ${snapshot.active.committee.epoch}, whose keys were made without it`;
  }
  if (snapshot.pending === undefined) return 'no validator set is locked';
  const { attempt, committee, resultVoters, excluded } = snapshot.pending;
  const left = excluded.length === 0 ? '' : `, without ${listOf(excluded)}`;
  return `the keys of epoch ${committee.epoch} are being generated (attempt ${attempt + 1}${left}; ${resultVoters.length} of ${committee.threshold} votes)`;
}

function listOf(parties: readonly PartyIndex[]): string {
  return parties.map((party) => `party ${party}`).join(', ');
}
