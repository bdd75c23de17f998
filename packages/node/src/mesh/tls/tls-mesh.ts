import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import { type Clock, equalBytes, type PartyIndex, type RandomSource, toHex } from '@keymesh/foundation';
import { NodeError } from '../../errors.ts';
import type { Ed25519Signer } from '../../identity/ed25519.ts';
import type { Transport } from '../transport.ts';
import { makeCertificate } from './certificate.ts';
import { Connection } from './connection.ts';
import { type DisconnectReason, type DropReason, type MeshCounters, zeroMeshCounters } from './counters.ts';
import { Dialer } from './dialer.ts';
import { MESH_LIMITS, type MeshLimits } from './limits.ts';
import { checkMembers, type Membership, type MeshMember } from './members.ts';
import { identityOf, MESH_ALPN } from './verify.ts';

export interface TlsMeshOptions {
  /** This node's mesh identity; the certificate is made from it. */
  readonly identity: Ed25519Signer;
  /** All members of the committee, this node included. */
  readonly members: readonly MeshMember[];
  /** Where to listen. Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly limits?: Partial<MeshLimits>;
}

type FrameHandler = (from: PartyIndex, frame: Uint8Array) => void;
type PeerHandler = (peer: PartyIndex, state: 'up' | 'down') => void;

/** TLS 1.3 and Ed25519 only, on both sides (RFC 8446, RFC 8410). */
const TLS_PROFILE = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', sigalgs: 'ed25519' } as const;

/**
 * The mesh of one committee over mutual TLS 1.3 (docs/spec/network.md §5). One connection per pair, dialled by the
 * lower party index; whoever presents a key that is not a member's is cut off before a byte of it is processed.
 * A committee is bound to messages by the layers above: an identity may be a member of two.
 */
export class TlsMesh implements Transport {
  readonly #identity: Ed25519Signer;
  readonly #listen: TlsMeshOptions['listen'];
  readonly #limits: MeshLimits;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #counters = zeroMeshCounters();
  readonly #server: Server;
  readonly #secureContext: SecureContext;
  #membership: Membership;
  /** Connections on which both sides have verified the other, by identity in hex. */
  readonly #connections = new Map<string, Connection>();
  /** Verified by us; the peer has not spoken yet. */
  readonly #waiting = new Set<Connection>();
  readonly #dialers = new Map<string, { readonly dialer: Dialer; connection: Connection | undefined }>();
  readonly #inbound = new Set<Socket>();
  #onFrame: FrameHandler = () => {};
  #onPeerChange: PeerHandler = () => {};
  #running = false;

  /** @throws NodeError `mesh/invalid-members` */
  constructor(options: TlsMeshOptions, modules: { readonly clock: Clock; readonly random: RandomSource }) {
    this.#identity = options.identity;
    this.#listen = options.listen;
    this.#limits = { ...MESH_LIMITS, ...options.limits };
    this.#clock = modules.clock;
    this.#random = modules.random;
    this.#membership = checkMembers(options.members, options.identity.publicKey);
    const cert = makeCertificate(options.identity);
    this.#secureContext = options.identity.exposePem((key) => createSecureContext({ ...TLS_PROFILE, cert, key }));
    this.#server = options.identity.exposePem((key) => this.#createServer(cert, key));
  }

  get self(): PartyIndex {
    return this.#membership.self;
  }

  get peers(): readonly PartyIndex[] {
    return this.#membership.peers;
  }

  /** Peers with a connection that both sides have verified, ascending. */
  get connectedPeers(): readonly PartyIndex[] {
    const { peers, byParty } = this.#membership;
    return peers.filter((party) => {
      const member = byParty.get(party);
      return member !== undefined && this.#connections.has(toHex(member.meshIdentity));
    });
  }

  onFrame(handler: FrameHandler): void {
    this.#onFrame = handler;
  }

  onPeerChange(handler: PeerHandler): void {
    this.#onPeerChange = handler;
  }

  /** A copy of the counters, for metrics. */
  counters(): MeshCounters {
    return structuredClone(this.#counters);
  }

  /**
   * Listens and begins to dial.
   * @returns the port, which matters where 0 was asked for.
   * @throws NodeError `mesh/listen-failed`
   */
  async start(): Promise<{ readonly host: string; readonly port: number }> {
    const { host, port } = this.#listen;
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause: Error): void =>
        reject(
          new NodeError(`The mesh cannot listen on ${host}:${port}.`, {
            code: 'mesh/listen-failed',
            fault: 'environment',
            hint: 'Another process may hold the port; choose a free one in the configuration (mesh.port).',
            details: { host, port },
            cause,
          }),
        );
      this.#server.once('error', refuse);
      this.#server.listen(port, host, () => {
        this.#server.off('error', refuse);
        // Out of file descriptors, mostly. The listener stays, and members that are connected are not touched.
        this.#server.on('error', () => this.#count('handshake-failed'));
        resolve();
      });
    });
    this.#running = true;
    this.#syncDialers();
    const address = this.#server.address();
    return { host, port: typeof address === 'object' && address !== null ? address.port : port };
  }

  /** Closes everything. The mesh cannot be started again. */
  async stop(): Promise<void> {
    this.#running = false;
    for (const entry of this.#dialers.values()) entry.dialer.stop(entry.connection !== undefined);
    this.#dialers.clear();
    for (const connection of [...this.#connections.values(), ...this.#waiting]) connection.close('stopped');
    for (const socket of this.#inbound) socket.destroy();
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /**
   * Replaces the membership. Connections of identities that stay are kept, also when their party index changes (the
   * handlers then see the old index go down and the new one come up).
   * @throws NodeError `mesh/invalid-members`; nothing has changed then.
   */
  setMembers(members: readonly MeshMember[]): void {
    const next = checkMembers(members, this.#identity.publicKey);
    const previous = this.#membership;
    for (const connection of [...this.#connections.values(), ...this.#waiting]) {
      if (!next.byIdentity.has(toHex(connection.identity))) connection.close('not-a-member');
    }
    this.#membership = next;
    this.#server.maxConnections = maxConnections(next, this.#limits);
    for (const identity of this.#connections.keys()) {
      const before = previous.byIdentity.get(identity)?.party;
      const after = next.byIdentity.get(identity)?.party;
      if (before === after || before === undefined || after === undefined) continue;
      this.#onPeerChange(before, 'down');
      this.#onPeerChange(after, 'up');
    }
    if (this.#running) this.#syncDialers();
  }

  send(to: PartyIndex, frame: Uint8Array): void {
    const member = this.#membership.byParty.get(to);
    const dropped: DropReason | undefined =
      member === undefined ? 'unknown-peer' : (this.#connections.get(toHex(member.meshIdentity)) ?? AWAY).send(frame);
    if (dropped !== undefined) this.#counters.drops[dropped] += 1;
  }

  #createServer(cert: string, key: Buffer): Server {
    const server = createServer(
      {
        ...TLS_PROFILE,
        cert,
        key,
        ALPNProtocols: [MESH_ALPN],
        requestCert: true,
        rejectUnauthorized: false, // the key is compared in #accept; there is no authority to ask
        handshakeTimeout: this.#limits.handshakeTimeoutMs,
        secureOptions: constants.SSL_OP_NO_TICKET, // and no session cache: no resumption
      },
      (socket) => this.#accept(socket),
    );
    server.maxConnections = maxConnections(this.#membership, this.#limits);
    server.on('drop', () => this.#count('too-many-handshakes'));
    server.on('tlsClientError', (_, socket) => {
      this.#count('handshake-failed');
      socket.destroy(); // Node leaves it open, also after the time-out
    });
    server.on('connection', (socket: Socket) => {
      this.#inbound.add(socket);
      socket.once('close', () => this.#inbound.delete(socket));
    });
    return server;
  }

  #accept(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy());
    const peer = identityOf(socket);
    const member = peer.ok && this.#membership.byIdentity.has(toHex(peer.identity));
    if (!peer.ok || !member || !this.#running) {
      this.#count(peer.ok ? 'wrong-identity' : peer.reason);
      socket.destroy();
      return;
    }
    this.#connect(socket, peer.identity);
  }

  /** Starts frames on a socket whose peer is verified. */
  #connect(socket: TLSSocket, identity: Uint8Array): Connection {
    // One at a time for each peer, so that a member cannot hold the places of all others.
    for (const other of this.#waiting) if (equalBytes(other.identity, identity)) other.close('replaced');
    const connection = new Connection(
      { socket, identity, limits: this.#limits },
      {
        clock: this.#clock,
        counters: this.#counters,
        events: {
          onReady: (ready) => this.#ready(ready),
          onMessage: (from, payload) => this.#deliver(from, payload),
          onClosed: (closed) => this.#closed(closed),
        },
      },
    );
    this.#waiting.add(connection);
    return connection;
  }

  #ready(connection: Connection): void {
    const identity = toHex(connection.identity);
    this.#waiting.delete(connection);
    const older = this.#connections.get(identity);
    // The newest wins: the older one is what a peer that lost its state or its network left behind.
    this.#connections.set(identity, connection);
    older?.close('replaced');
    const dialled = this.#dialers.get(identity);
    if (dialled?.connection === connection) dialled.dialer.succeeded();
    const member = this.#membership.byIdentity.get(identity);
    if (member === undefined) return;
    if (older !== undefined) this.#onPeerChange(member.party, 'down');
    this.#onPeerChange(member.party, 'up');
  }

  #deliver(connection: Connection, payload: Uint8Array): void {
    const member = this.#membership.byIdentity.get(toHex(connection.identity));
    if (member !== undefined) this.#onFrame(member.party, payload);
  }

  #closed(connection: Connection): void {
    const identity = toHex(connection.identity);
    this.#waiting.delete(connection);
    const current = this.#connections.get(identity) === connection;
    if (current) this.#connections.delete(identity);
    const dialled = this.#dialers.get(identity);
    if (dialled?.connection === connection) {
      dialled.connection = undefined;
      dialled.dialer.lost();
    }
    const member = this.#membership.byIdentity.get(identity);
    if (current && member !== undefined) this.#onPeerChange(member.party, 'down');
  }

  /** One dialer for each member with a higher index than ours, and no other. */
  #syncDialers(): void {
    const { self, byIdentity } = this.#membership;
    for (const [identity, entry] of this.#dialers) {
      const member = byIdentity.get(identity);
      if (member !== undefined && member.party > self) continue;
      entry.dialer.stop(entry.connection !== undefined);
      this.#dialers.delete(identity);
    }
    for (const [identity, member] of byIdentity) {
      if (member.party < self) continue;
      const known = this.#dialers.get(identity);
      if (known === undefined) this.#addDialer(identity, member);
      else known.dialer.moveTo(member);
    }
  }

  #addDialer(identity: string, member: MeshMember): void {
    const dialer = new Dialer(
      { member, limits: this.#limits },
      {
        secureContext: this.#secureContext,
        clock: this.#clock,
        random: this.#random,
        onVerified: (socket, key) => {
          entry.connection = this.#connect(socket, key);
        },
        onFailed: (reason) => this.#count(reason),
      },
    );
    // A connection of a peer that used to dial us stays; this side dials when it is lost.
    const entry = { dialer, connection: this.#connections.get(identity) };
    this.#dialers.set(identity, entry);
    if (entry.connection === undefined) dialer.dial();
  }

  #count(reason: DisconnectReason): void {
    this.#counters.disconnects[reason] += 1;
  }
}

const AWAY = { send: (): DropReason => 'peer-away' };

/** Room for each peer twice (a new connection before the old one is known to be dead) and for those not verified yet. */
function maxConnections(membership: Membership, limits: MeshLimits): number {
  return 2 * membership.peers.length + limits.handshakesMax;
}
