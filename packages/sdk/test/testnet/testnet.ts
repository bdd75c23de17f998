import type { PartyIndex } from '@keymesh/foundation';
import { KeymeshError, toHex } from '@keymesh/foundation';
import { httpStatusOf } from '@keymesh/protocol/routes';
import { type BlsBackend, nobleBls } from '@keymesh/threshold/bls';
import { loadNativeBls } from '@keymesh/threshold/bls-native';
import { type Curves, nobleCurves } from '@keymesh/threshold/curves';
import { deriveChildPublicKey } from '@keymesh/threshold/derivation';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak256, toHex as toViemHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import {
  allowDecryption,
  allowSigning,
  type ConnectParameters,
  connect,
  createSession,
  type Network,
  type Session,
} from '../../src/index.ts';
import { CONTRACTS, RPC_URL, TestChain } from './chain.ts';
import { dealKeys, seededRandom } from './dealer.ts';
import type { Fault } from './faults.ts';
import { Mesh } from './mesh.ts';
import { errorBody, type Opened, TestNode, type World } from './node.ts';

export const START_MS = Date.UTC(2026, 0, 1);

/** The account behind sessions. Its key is public knowledge: anvil's first. */
export const OWNER = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');

/** A whole network in memory: a chain and n honest nodes behind one `fetch`, and faults that a test switches on. */
export class Testnet {
  readonly nodes: readonly TestNode[];
  readonly chain: TestChain;
  readonly world: World;
  readonly threshold: number;
  /** A minted key that `OWNER` may use. */
  readonly tokenId: string;
  readonly keyId: Uint8Array;
  /** By party. */
  readonly faults = new Map<PartyIndex, Fault>();
  /** URLs that were fetched. */
  readonly fetched: string[] = [];
  /** How far the client's clock is ahead of the nodes'. Milliseconds. */
  clientClockSkewMs = 0;

  constructor(n: number, { bls, curves }: Backends) {
    const seed = `testnet/${n}`;
    this.threshold = Math.ceil((2 * n) / 3);
    const keys = dealKeys(n, this.threshold, seed);
    const now = () => Date.now();
    this.world = {
      ...{ seed, epoch: 3, keys, bls, curves, now, permitted: new Set(), keyIds: new Map() },
      ...{ mesh: new Mesh(), burnt: [], denial: undefined },
    };
    this.nodes = Array.from({ length: n }, (_, i) => new TestNode(this.world, i + 1));
    this.keyId = seededRandom(`key/${seed}`)(32);
    this.chain = new TestChain({
      ...{ epoch: 3, threshold: this.threshold, excluded: [], nodes: this.nodes, keys },
      ...{ resultHash: keys.resultHash, minted: new Map(), mintCostWei: 10n, nextKey: undefined },
    });
    this.tokenId = this.mint(this.keyId);
  }

  /** A key that `OWNER` may use. */
  mint(keyId: Uint8Array): string {
    const { tokenId, publicKey } = this.keyOf(keyId);
    this.chain.state.minted.set(tokenId, { keyId, owner: OWNER.address, publicKey });
    this.world.keyIds.set(tokenId, keyId);
    this.world.permitted.add(`${tokenId}/${OWNER.address.toLowerCase()}`);
    return tokenId;
  }

  /** The token and public key that a key id has, computed with noble alone. */
  keyOf(keyId: Uint8Array) {
    const root = nobleCurves.secp256k1.decodePoint(rootPublicKey(this.world.keys.publicKeyPackage, 'secp256k1'));
    const child = nobleCurves.secp256k1.encodePoint(deriveChildPublicKey(nobleCurves.secp256k1, root, keyId));
    const uncompressed = secp256k1.Point.fromBytes(child).toBytes(false);
    return { tokenId: keccak256(uncompressed), publicKey: toViemHex(uncompressed), compressed: toHex(child) };
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    const body = String(init?.body ?? '');
    this.fetched.push(url.href);
    if (url.origin === RPC_URL) return this.chain.answer(body);
    const node = this.nodes.find(({ url: own }) => own === url.origin)!;
    const fault = this.faults.get(node.party);
    let opened: Opened;
    try {
      opened = node.open(url.pathname, body);
    } catch (thrown) {
      // Who could not open a request cannot seal the answer.
      if (!(thrown instanceof KeymeshError)) throw thrown;
      return Response.json(errorBody(thrown), { status: httpStatusOf(thrown) });
    }
    if (fault === undefined) return node.answer(opened);
    const others = this.nodes.filter((other) => other !== node);
    const response = await fault({ node, others, opened, signal: init!.signal! }).catch((thrown: unknown) => {
      // It wanted to change its answer, and its peers left it without one.
      if (thrown instanceof KeymeshError) return node.refuse(opened, thrown);
      throw thrown;
    });
    const location = response.headers.get('location');
    if (location !== null && init?.redirect !== 'manual') this.fetched.push(location);
    return response;
  };

  connect(parameters: Partial<ConnectParameters> = {}): Promise<Network> {
    return connect({
      rpcUrl: RPC_URL,
      directory: CONTRACTS.Directory,
      platform: {
        fetch: this.fetch,
        now: () => Date.now() + this.clientClockSkewMs,
        // So that the same signers lead in each run of the tests.
        random: seededRandom(`client/${this.world.seed}`),
      },
      curves: this.world.curves,
      bls: this.world.bls,
      ...parameters,
    });
  }

  session(network: Network, lifetimeMs = 60_000): Promise<Session> {
    const capabilities = [allowSigning('*'), allowDecryption('*')];
    return createSession(network, { wallet: OWNER, capabilities, lifetimeMs });
  }

  deny(message = 'The conditions are not satisfied: the balance must be > 5; it is 0.'): void {
    this.world.denial = new KeymeshError(message, {
      code: 'conditions/denied',
      fault: 'caller',
      details: { unmet: ['x'] },
    });
  }

  /** All nodes honest, everything forgotten: as new, without dealing again. */
  reset(): void {
    this.faults.clear();
    this.fetched.length = 0;
    this.chain.calls.length = 0;
    this.clientClockSkewMs = 0;
    this.world.denial = undefined;
    Object.assign(this.chain.state, {
      ...{ epoch: 3, threshold: this.threshold, excluded: [], keys: this.world.keys, mintCostWei: 10n },
      ...{ resultHash: this.world.keys.resultHash, nodes: this.nodes, nextKey: undefined },
    });
    this.world.mesh.reset();
    this.world.burnt.length = 0;
    for (const node of this.nodes) node.received.length = 0;
  }

  /** The parties in the order in which the key's signers are chosen: from party 1 + (token id mod n) on. */
  rotation(tokenId = this.tokenId): PartyIndex[] {
    const n = this.nodes.length;
    const first = Number(BigInt(tokenId) % BigInt(n));
    return this.nodes.map((_, i) => ((first + i) % n) + 1);
  }

  /** Requests that all nodes received on a route. */
  countOf(route: TestNode['received'][number]): number {
    return this.nodes.reduce((sum, { received }) => sum + received.filter((name) => name === route).length, 0);
  }
}

export interface Backends {
  readonly bls: BlsBackend;
  readonly curves: Curves;
}

/** The fastest that there are: tests check the client, not the arithmetic. */
export async function testBackends(): Promise<Backends> {
  return { bls: await loadNativeBls(nobleBls).catch(() => nobleBls), curves: await loadNativeCurves() };
}
