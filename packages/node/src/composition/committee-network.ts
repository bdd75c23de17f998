import { type Clock, equalBytes, type PartyIndex, type RandomSource } from '@keymesh/foundation';
import type { Broadcast } from '../broadcast/broadcast.ts';
import { BroadcastRouter } from '../broadcast/broadcast-router.ts';
import type { Committee } from '../chain/chain.ts';
import { NodeError } from '../errors.ts';
import { type Ed25519Signer, verifyEd25519 } from '../identity/ed25519.ts';
import { Courier } from '../mesh/courier/courier.ts';
import type { Messenger } from '../mesh/messenger.ts';
import { TlsMesh } from '../mesh/tls/tls-mesh.ts';
import type { Logger } from '../observability/logger.ts';

export interface CommitteeNetworkOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** Rounds of a key generation. */
  readonly rounds: number;
}

export interface CommitteeNetworkModules {
  readonly meshIdentity: Ed25519Signer;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly onPeerBoot: (peer: PartyIndex, bootId: Uint8Array, previous: Uint8Array | undefined) => void;
  /** What else speaks over the mesh: it adds its handlers before anything arrives, and lets go before the mesh ends. */
  readonly speaker: {
    join(messenger: Messenger, bootId: Uint8Array, committee: Committee): void;
    leave(): Promise<void>;
  };
  /** The mesh cannot be used, e.g. because its port is taken: the node must end. */
  readonly onFatal: (thrown: unknown) => void;
}

interface Joined {
  readonly committee: Committee;
  readonly mesh: TlsMesh;
  readonly courier: Courier;
  readonly router: BroadcastRouter;
}

/**
 * Mesh, courier and broadcasts among the members of the committee that this node belongs to. They are made when the
 * chain first shows a committee with this node, and made anew when the members change.
 */
export class CommitteeNetwork {
  readonly #options: CommitteeNetworkOptions;
  readonly #modules: CommitteeNetworkModules;
  #joined: Joined | undefined;
  /** One change after another: the port is free only when the old mesh has let go of it. */
  #changing: Promise<void> = Promise.resolve();

  constructor(options: CommitteeNetworkOptions, modules: CommitteeNetworkModules) {
    this.#options = options;
    this.#modules = modules;
  }

  get connectedPeers(): readonly PartyIndex[] {
    return this.#joined?.mesh.connectedPeers ?? [];
  }

  /** Joins the members of a committee, if this node is one and they are not joined already. */
  follow(committee: Committee): void {
    const own = this.#modules.meshIdentity.publicKey;
    if (!committee.members.some((member) => equalBytes(member.meshIdentity, own))) return;
    if (this.#joined !== undefined && hasSameMembers(this.#joined.committee, committee)) return;
    const old = this.#joined;
    const joined = this.#join(committee);
    this.#joined = joined;
    this.#changing = this.#changing
      .then(async () => {
        if (old !== undefined) await this.#leave(old);
        this.#modules.speaker.join(joined.courier, joined.courier.bootId, joined.committee);
        await joined.mesh.start();
        joined.courier.start();
      })
      .catch((thrown) => this.#modules.onFatal(thrown));
  }

  /** @throws NodeError `broadcast/invalid-execution` */
  openBroadcast(executionId: Uint8Array, participants: readonly PartyIndex[]): Broadcast {
    const joined = this.#joined;
    if (joined === undefined) {
      throw new NodeError('There is no committee to broadcast to.', {
        code: 'broadcast/invalid-execution',
        fault: 'bug',
      });
    }
    const identities = new Map(joined.committee.members.map((member) => [member.party, member.meshIdentity]));
    return joined.router.open({
      executionId,
      participants,
      rounds: this.#options.rounds,
      verify: (party, digest, signature) => {
        const identity = identities.get(party);
        return identity !== undefined && verifyEd25519(identity, digest, signature);
      },
    });
  }

  async stop(): Promise<void> {
    await this.#changing;
    if (this.#joined !== undefined) await this.#leave(this.#joined);
    this.#joined = undefined;
  }

  #join(committee: Committee): Joined {
    const { meshIdentity, clock, random, logger, onPeerBoot } = this.#modules;
    const members = committee.members.map(({ party, meshIdentity: identity, meshEndpoint }) => ({
      party,
      meshIdentity: identity,
      ...hostAndPort(meshEndpoint),
    }));
    const mesh = new TlsMesh({ identity: meshIdentity, members, listen: this.#options.listen }, { clock, random });
    const courier = new Courier({ transport: mesh, clock, random });
    const router = new BroadcastRouter({ messenger: courier, sign: (digest) => meshIdentity.sign(digest) });
    courier.onPeerBoot((peer, bootId, previous) => {
      logger.info(previous === undefined ? 'mesh.peer-met' : 'mesh.peer-restarted', { peer });
      onPeerBoot(peer, bootId, previous);
    });
    return { committee, mesh, courier, router };
  }

  async #leave({ mesh, courier, router }: Joined): Promise<void> {
    await this.#modules.speaker.leave();
    router.close();
    courier.close();
    await mesh.stop();
  }
}

/** Whether two committees meet on one mesh, under the same numbers. */
export function hasSameMembers(a: Committee, b: Committee): boolean {
  return (
    a.members.length === b.members.length &&
    a.members.every((member, i) => {
      const other = b.members[i];
      return (
        other !== undefined &&
        equalBytes(member.meshIdentity, other.meshIdentity) &&
        member.meshEndpoint === other.meshEndpoint
      );
    })
  );
}

/** `host:port`, where an IPv6 host is in brackets. What cannot be read never connects; the member is silent then. */
function hostAndPort(endpoint: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):(\d{1,5})$/.exec(endpoint);
  const host = match?.[1] ?? match?.[2];
  return host === undefined ? { host: '127.0.0.1', port: 0 } : { host, port: Number(match?.[3]) };
}
