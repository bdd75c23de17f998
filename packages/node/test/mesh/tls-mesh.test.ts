import { createHash } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { type ConnectionOptions, connect, createServer, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { SecretBytes } from '@keymesh/foundation';
import { afterEach, describe, expect, it } from 'vitest';
import { Ed25519Signer } from '../../src/identity/ed25519.ts';
import { makeCertificate } from '../../src/mesh/tls/certificate.ts';
import { encodeFrame, FRAME_KIND } from '../../src/mesh/tls/frame-decoder.ts';
import type { MeshLimits } from '../../src/mesh/tls/limits.ts';
import type { MeshMember } from '../../src/mesh/tls/members.ts';
import { TlsMesh } from '../../src/mesh/tls/tls-mesh.ts';
import { realClock, realRandom, until } from './real-time.ts';
import { describeTransport } from './transport.behavior.ts';

const HOST = '127.0.0.1';
const LIMITS: Partial<MeshLimits> = { reconnectDelayMinMs: 20, reconnectDelayMaxMs: 100 };

/** A key that depends on its name only; for tests. */
function identity(name: string | number): Ed25519Signer {
  return new Ed25519Signer(new SecretBytes(createHash('sha256').update(`test ${name}`).digest()));
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function member(party: number, port: number): MeshMember {
  return { party, meshIdentity: identity(party).publicKey, host: HOST, port };
}

function mesh(party: number, members: readonly MeshMember[], limits: Partial<MeshLimits> = {}, port = 0): TlsMesh {
  const made = new TlsMesh(
    { identity: identity(party), members, listen: { host: HOST, port }, limits: { ...LIMITS, ...limits } },
    { clock: realClock, random: realRandom },
  );
  cleanups.push(() => made.stop());
  return made;
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, HOST, () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Started meshes of parties 1 … n that are all connected. */
async function cluster(
  parties: number,
  limits: Partial<MeshLimits> = {},
): Promise<{ meshes: TlsMesh[]; members: MeshMember[] }> {
  const ports = await freePorts(parties);
  const members = ports.map((port, i) => member(i + 1, port));
  const meshes = members.map(({ party, port }) => mesh(party, members, limits, port));
  await Promise.all(meshes.map((one) => one.start()));
  await until(() => meshes.every((one) => one.connectedPeers.length === parties - 1));
  return { meshes, members };
}

describeTransport('TlsMesh', async (parties) => {
  const ports = await freePorts(parties);
  const members = ports.map((port, i) => member(i + 1, port));
  const transports = members.map(({ party, port }) => mesh(party, members, {}, port));
  return {
    transports,
    frameBytesMax: 1024 * 1024 + 1024,
    start: async (party) => {
      await transports[party - 1]?.start();
    },
    kill: async (party) => transports[party - 1]?.stop(),
    revive: (party) => {
      const revived = mesh(party, members, {}, ports[party - 1]);
      transports[party - 1] = revived;
      return revived;
    },
    until,
    settle: () => new Promise((resolve) => setTimeout(resolve, 150)),
    stop: async () => {
      for (const transport of transports) await transport.stop();
    },
  };
});

/** What someone with `signer`'s key, or with none, presents on a raw TLS connection. */
function credentials(signer: Ed25519Signer | undefined): SecureContextOptions {
  if (signer === undefined) return {};
  return { cert: makeCertificate(signer), key: signer.exposePem((pem) => pem.toString()) };
}

function rawClient(port: number, options: ConnectionOptions): TLSSocket {
  const socket = connect({ host: HOST, port, rejectUnauthorized: false, ALPNProtocols: ['keymesh/1'], ...options });
  socket.on('error', () => {});
  socket.resume(); // unread bytes would hold back 'close'
  cleanups.push(() => void socket.destroy());
  return socket;
}

const closed = (socket: TLSSocket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));
const HELLO = encodeFrame(FRAME_KIND.message, Uint8Array.of(1, 2, 3));

describe('a TLS mesh that is dialled', () => {
  /** Party 2 of two, listening; party 1 is played by the test. */
  async function listener(limits: Partial<MeshLimits> = {}) {
    const two = mesh(2, [member(1, 1), member(2, 0)], limits);
    const frames: Uint8Array[] = [];
    two.onFrame((_, frame) => frames.push(frame));
    const { port } = await two.start();
    return { two, port, frames };
  }

  it('takes frames from the expected identity', async () => {
    const { two, port, frames } = await listener();
    rawClient(port, credentials(identity(1))).write(HELLO);
    await until(() => frames.length === 1);
    expect([...(frames[0] ?? [])]).toEqual([1, 2, 3]);
    expect(two.connectedPeers).toEqual([1]);
  });

  it.each([
    ['another identity', 'wrong-identity', credentials(identity('stranger'))],
    ['its own identity', 'wrong-identity', credentials(identity(2))],
    ['no certificate', 'no-certificate', credentials(undefined)],
    ['another protocol', 'wrong-protocol', { ...credentials(identity(1)), ALPNProtocols: [] }],
  ] as const)('processes no byte of a peer with %s', async (_, reason, options) => {
    const { two, port, frames } = await listener();
    const socket = rawClient(port, options as ConnectionOptions);
    socket.write(HELLO); // goes out with the end of the handshake, before any refusal can arrive
    await closed(socket);
    await until(() => two.counters().disconnects[reason] === 1);
    expect(frames).toEqual([]);
    expect(two.connectedPeers).toEqual([]);
    expect(two.counters()).toMatchObject({ framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0 });
  });

  it.each([
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ['a protocol it does not speak', { ALPNProtocols: ['http/1.1'] }],
  ] as const)('refuses %s in the handshake', async (_, options) => {
    const { two, port, frames } = await listener();
    const socket = rawClient(port, { ...credentials(identity(1)), ...options } as ConnectionOptions);
    socket.write(HELLO);
    await closed(socket);
    await until(() => two.counters().disconnects['handshake-failed'] === 1);
    expect(frames).toEqual([]);
  });

  it('gives no session that could be resumed', async () => {
    const { two, port } = await listener();
    const first = rawClient(port, credentials(identity(1)));
    const sessions: Buffer[] = [];
    first.on('session', (session) => sessions.push(session));
    first.write(HELLO);
    await until(() => two.connectedPeers.length === 1);
    first.destroy();
    const session = sessions[0];
    const second = rawClient(port, { ...credentials(identity(1)), ...(session === undefined ? {} : { session }) });
    await new Promise((resolve) => second.once('secureConnect', resolve));
    expect(second.isSessionReused()).toBe(false);
  });

  it.each([
    ['an unknown kind', 'frame-malformed', encodeFrame(9, Uint8Array.of(1))],
    ['an empty frame', 'frame-malformed', new Uint8Array(4)],
    ['a heartbeat with content', 'frame-malformed', encodeFrame(FRAME_KIND.heartbeat, Uint8Array.of(1))],
    ['a frame that is too long', 'frame-too-long', Uint8Array.of(0, 0x10, 4, 2)],
    ['a text', 'frame-too-long', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ] as const)('cuts off a member that sends %s, and counts it', async (_, reason, bytes) => {
    const { two, port, frames } = await listener();
    const socket = rawClient(port, credentials(identity(1)));
    socket.write(HELLO);
    socket.write(bytes);
    socket.write(HELLO);
    await closed(socket);
    expect(two.counters().disconnects[reason]).toBe(1);
    expect(frames).toHaveLength(1);
    expect(two.connectedPeers).toEqual([]);
  });

  it('lets the newest connection of a peer win', async () => {
    const { two, port, frames } = await listener();
    const changes: string[] = [];
    two.onPeerChange((peer, state) => changes.push(`${peer} ${state}`));
    const older = rawClient(port, credentials(identity(1)));
    older.write(HELLO);
    await until(() => frames.length === 1);
    const newer = rawClient(port, credentials(identity(1)));
    newer.write(HELLO);
    await closed(older);
    await until(() => frames.length === 2);
    expect(two.counters().disconnects.replaced).toBe(1);
    expect(changes).toEqual(['1 up', '1 down', '1 up']);
    newer.write(HELLO);
    await until(() => frames.length === 3);
  });

  it('ends connections that never speak, before and after TLS', async () => {
    const { two, port } = await listener({ handshakeTimeoutMs: 100 });
    const mute = rawClient(port, credentials(identity(1)));
    await closed(mute);
    expect(two.counters().disconnects['handshake-timeout']).toBe(1);
    const tcp = connectTcp(port, HOST);
    tcp.on('error', () => {});
    await new Promise((resolve) => tcp.once('close', resolve));
    expect(two.counters().disconnects['handshake-failed']).toBe(1);
  });

  it('ends the connection of a peer that falls silent', async () => {
    const { two, port } = await listener({ silenceMsMax: 120, heartbeatIntervalMs: 40 });
    const socket = rawClient(port, credentials(identity(1)));
    let heartbeatBytes = 0;
    socket.on('data', (chunk) => {
      heartbeatBytes += chunk.length;
    });
    socket.write(HELLO);
    await closed(socket);
    expect(two.counters().disconnects.silent).toBe(1);
    expect(heartbeatBytes).toBeGreaterThan(5); // more than the first one
  });

  it('bounds connections that have not proven who they are', async () => {
    const { two, port } = await listener({ handshakesMax: 3 });
    const sockets = Array.from({ length: 8 }, () => connectTcp(port, HOST).on('error', () => {}));
    cleanups.push(() => sockets.forEach((socket) => void socket.destroy()));
    await until(() => two.counters().disconnects['too-many-handshakes'] === 3); // 2 places are for the peer
  });

  it('bounds what waits for a peer that does not read, and counts the rest', async () => {
    const { two, port, frames } = await listener({ queueBytesMax: 200_000, silenceMsMax: 60_000 });
    const socket = rawClient(port, credentials(identity(1)));
    socket.write(HELLO);
    socket.pause();
    await until(() => frames.length === 1);
    // The kernel's own buffers take some megabytes first.
    for (let i = 0; i < 2_000; i++) {
      two.send(1, new Uint8Array(50_000));
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { drops, framesOut } = two.counters();
    expect(drops['queue-full']).toBeGreaterThan(1_000);
    expect(drops['queue-full'] + framesOut).toBe(2_001); // and one heartbeat
    two.send(1, new Uint8Array(1024 * 1024 + 1025));
    expect(two.counters().drops['frame-too-long']).toBe(1);
  });
});

describe('a TLS mesh that dials', () => {
  /** Party 1 of two; party 2 is played by a server of the test. */
  async function dialler(server: SecureContextOptions, serve: (socket: TLSSocket) => void) {
    const made = createServer(
      { ALPNProtocols: ['keymesh/1'], requestCert: true, rejectUnauthorized: false, ...server },
      (socket) => {
        socket.on('error', () => {});
        serve(socket);
      },
    );
    const port = await new Promise<number>((resolve) => {
      made.listen(0, HOST, () => resolve((made.address() as { port: number }).port));
    });
    cleanups.push(() => void made.close());
    const one = mesh(1, [member(1, 1), member(2, port)]);
    const frames: Uint8Array[] = [];
    one.onFrame((_, frame) => frames.push(frame));
    await one.start();
    return { one, frames };
  }

  it('processes no byte of a server with another identity', async () => {
    let received = 0;
    const { one, frames } = await dialler(credentials(identity('stranger')), (socket) => {
      socket.on('data', (chunk) => {
        received += chunk.length;
      });
      socket.write(HELLO);
    });
    await until(() => one.counters().disconnects['wrong-identity'] >= 2); // and it tried again
    expect(frames).toEqual([]);
    expect(received).toBe(0);
    expect(one.connectedPeers).toEqual([]);
    expect(one.counters()).toMatchObject({ framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0 });
  });

  it.each([
    ['a port that does not exist', HOST, 99_999],
    ['port 0', HOST, 0],
    ['a negative port', HOST, -1],
    ['a host that is none', '\0', 1],
    ['a host that cannot be looked up', 'no such host', 1],
  ])('survives %s on chain, and keeps trying', async (_, host, port) => {
    const one = mesh(1, [member(1, 1), { ...member(2, port), host }]);
    await one.start();
    await until(() => one.counters().disconnects['handshake-failed'] >= 2);
  });

  it('does not call a peer up that took the connection but refused us', async () => {
    const { one } = await dialler(credentials(identity(2)), (socket) => socket.destroy());
    const changes: string[] = [];
    one.onPeerChange((peer, state) => changes.push(`${peer} ${state}`));
    await until(() => one.counters().framesOut >= 3);
    expect(changes).toEqual([]);
    expect(one.connectedPeers).toEqual([]);
  });
});

describe('a TLS mesh whose membership changes', () => {
  it('keeps the connections of those who stay, and their frames under the new index', async () => {
    const { meshes, members } = await cluster(4);
    const [one, two, , four] = meshes as [TlsMesh, TlsMesh, TlsMesh, TlsMesh];
    const changes: string[] = [];
    one.onPeerChange((peer, state) => changes.push(`${peer} ${state}`));
    const framesOf: number[] = [];
    one.onFrame((from) => framesOf.push(from));
    const without3 = members.filter((member) => member.party !== 3);
    const renumbered = without3.map((member) => (member.party === 4 ? { ...member, party: 3 } : member));
    for (const one of [meshes[0], meshes[1], meshes[3]]) one?.setMembers(renumbered);
    expect(one.connectedPeers).toEqual([2, 3]);
    expect(four.self).toBe(3);
    expect([...changes].sort()).toEqual(['3 down', '3 up', '4 down']);
    four.send(1, Uint8Array.of(1));
    two.send(1, Uint8Array.of(1));
    await until(() => framesOf.length === 2);
    expect(framesOf.sort()).toEqual([2, 3]);
    const { disconnects } = one.counters();
    expect(disconnects['not-a-member']).toBe(1);
    expect(disconnects.replaced + disconnects.ended + disconnects['socket-error']).toBe(0);
  });

  it('reaches a member at its new address', async () => {
    const { meshes, members } = await cluster(2);
    const [one] = meshes as [TlsMesh];
    await meshes[1]?.stop();
    await until(() => one.connectedPeers.length === 0);
    const moved = mesh(2, members);
    const { port } = await moved.start();
    const next = members.map((member) => (member.party === 2 ? { ...member, port } : member));
    one.setMembers(next);
    await until(() => one.connectedPeers.length === 1);
  });

  it.each([
    ['without this node', [member(1, 1), member(3, 1)]],
    ['with one identity twice', [member(1, 1), member(2, 1), { ...member(1, 1), party: 3 }]],
    ['with one party twice', [member(1, 1), member(2, 1), { ...member(3, 1), party: 1 }]],
    ['with a key that is none', [{ ...member(1, 1), meshIdentity: new Uint8Array(31) }, member(2, 1)]],
  ])('refuses a list %s and changes nothing', (_, members) => {
    const two = mesh(2, [member(1, 1), member(2, 1)]);
    expect(() => two.setMembers(members)).toThrow(expect.objectContaining({ code: 'mesh/invalid-members' }));
    expect(two.peers).toEqual([1]);
  });
});

it('says which address it cannot listen on', async () => {
  const [one] = (await cluster(2)).members as [MeshMember];
  const other = mesh(2, [member(1, 1), member(2, 1)], {}, one.port);
  await expect(other.start()).rejects.toMatchObject({ code: 'mesh/listen-failed', details: { port: one.port } });
});
