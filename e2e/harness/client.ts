import {
  allowDecryption,
  allowSigning,
  connect,
  createSession,
  type MintedKey,
  mint,
  type Network,
  type SchemeName,
  type Session,
  type SignResult,
  sign,
} from '@keymesh/sdk';
import { createWalletClient, type Hex, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { DEVELOPER } from '../verifiers/chain.ts';
import { signable } from '../verifiers/signatures.ts';
import type { TestNetwork } from './network.ts';
import { until } from './processes.ts';
import { Wiretap } from './wiretap.ts';

/** Mints until the key's rotation begins as wanted: one in n does. */
const MINTS_MAX = 60;

/**
 * The SDK in the test's own process, as published: for tests that sign so often that a process for each signature would
 * be most of what they measure. All answers of nodes are overheard.
 */
export class Client {
  readonly network: Network;
  readonly session: Session;
  readonly wiretap: Wiretap;
  readonly #rpcUrl: string;
  readonly #privateKey: Hex;

  private constructor(of: Pick<Client, 'network' | 'session' | 'wiretap'>, rpcUrl: string, privateKey: Hex) {
    this.network = of.network;
    this.session = of.session;
    this.wiretap = of.wiretap;
    this.#rpcUrl = rpcUrl;
    this.#privateKey = privateKey;
  }

  /** Connects anew, without any memory of which nodes answered. */
  static async connect(testNetwork: TestNetwork, privateKey: Hex = DEVELOPER): Promise<Client> {
    const { rpcUrl, contracts } = testNetwork.file;
    const wiretap = new Wiretap(testNetwork);
    const network = await connect({ rpcUrl, directory: contracts.Directory ?? '', platform: wiretap.platform });
    const session = await createSession(network, {
      wallet: privateKeyToAccount(privateKey),
      capabilities: [allowSigning('*'), allowDecryption()],
    });
    return new Client({ network, session, wiretap }, rpcUrl, privateKey);
  }

  /** The client's wallet, which pays. */
  get walletClient() {
    return createWalletClient({ account: privateKeyToAccount(this.#privateKey), transport: http(this.#rpcUrl) });
  }

  mint(): Promise<MintedKey> {
    return mint(this.network, { walletClient: this.walletClient });
  }

  /** A key whose requests go to the parties from this one on (docs/spec/signing.md §6). */
  async mintAt(party: number): Promise<MintedKey> {
    for (let minted = 0; minted < MINTS_MAX; minted++) {
      const key = await this.mint();
      if (firstParty(key.tokenId, this.network.nodes.length) === party) return key;
    }
    throw new Error(`No key of ${MINTS_MAX} begins its rotation at party ${party}.`);
  }

  /** Signs a message, for ECDSA its hash. */
  sign(tokenId: string, scheme: string, message: string | Uint8Array): Promise<SignResult> {
    const { network, session } = this;
    return sign(network, {
      ...{ session, key: tokenId, scheme: scheme as SchemeName },
      message: signable(scheme, message),
    });
  }
}

/** The party that a key's rotation begins at. */
function firstParty(tokenId: string, partyCount: number): number {
  return 1 + Number(BigInt(tokenId) % BigInt(partyCount));
}

/** The t parties that a client without experience asks: those from the key's first on that can be asked at all. */
export function rotationOf(
  tokenId: string,
  {
    partyCount = 4,
    threshold = 3,
    without = [],
  }: { readonly partyCount?: number; readonly threshold?: number; readonly without?: readonly number[] } = {},
): number[] {
  const first = firstParty(tokenId, partyCount);
  const cyclic = Array.from({ length: partyCount }, (_, i) => ((first - 1 + i) % partyCount) + 1);
  return cyclic
    .filter((party) => !without.includes(party))
    .slice(0, threshold)
    .sort((a, b) => a - b);
}

/** Nodes that serve may not have found each other yet, nor made pairs for ECDSA. Milliseconds. */
const WHOLE_MS_MAX = 60_000;
/** Pause between two tries. Milliseconds. */
const PROBE_INTERVAL_MS = 250;

/**
 * Waits until a new client is served by its first choice, of ECDSA and of FROST. With schemes that tests about
 * preparations leave alone, so that none of those is used up here.
 */
export async function untilFirstChoiceServes(
  network: TestNetwork,
  tokenId: string,
  options: Parameters<typeof rotationOf>[1] = {},
): Promise<void> {
  const wanted = rotationOf(tokenId, options).join();
  await until(
    `parties ${wanted} sign`,
    async () => {
      const client = await Client.connect(network);
      const signers = async (scheme: string): Promise<string> =>
        client.sign(tokenId, scheme, 'probe').then(
          (signed) => signed.signers.join(),
          ({ code }) => String(code),
        );
      return (await signers('EcdsaP256Sha256')) === wanted && (await signers('SchnorrK256Taproot')) === wanted;
    },
    WHOLE_MS_MAX,
    PROBE_INTERVAL_MS,
  );
}
