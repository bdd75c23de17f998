import { toHex } from '@keymesh/foundation';
import type { KeyRegistry, SigningScope } from '../../src/chain/key-registry.ts';
import { NodeError } from '../../src/errors.ts';

export const TOKEN_ID = `0x${'0'.repeat(62)}2a`;
export const KEY_ID = new Uint8Array(32).fill(9);

/** One token; tests say who is permitted, and whether the chain answers. */
export class FakeKeys implements KeyRegistry {
  readonly permitted = new Set<string>();
  dead: 'no' | 'yes' | 'for permissions' = 'no';
  /** Lets answers wait until it is called. */
  release: (() => void) | undefined;
  holding = false;
  readonly calls = { keyId: 0, permission: 0 };

  async keyIdOf(tokenId: bigint): Promise<Uint8Array> {
    this.calls.keyId += 1;
    if (this.dead === 'yes') throw unreachable();
    if (tokenId !== BigInt(TOKEN_ID)) {
      throw new NodeError('No such key.', { code: 'permissions/unknown-token', fault: 'caller' });
    }
    return KEY_ID;
  }

  async isPermittedAddress(_tokenId: bigint, wallet: string): Promise<boolean> {
    this.calls.permission += 1;
    if (this.dead !== 'no') throw unreachable();
    const answer = this.permitted.has(wallet);
    if (this.holding) {
      await new Promise<void>((resolve) => {
        this.release = resolve;
      });
    }
    return answer;
  }

  /** Multihashes as hex. */
  readonly permittedPrograms = new Set<string>();

  async isPermittedAction(_tokenId: bigint, multihash: Uint8Array): Promise<boolean> {
    this.calls.permission += 1;
    if (this.dead !== 'no') throw unreachable();
    return this.permittedPrograms.has(toHex(multihash));
  }

  /** Wallets and multihashes that may sign texts only. */
  readonly personalOnly = new Set<string>();

  async scopesOfAddress(tokenId: bigint, wallet: string): Promise<ReadonlySet<SigningScope>> {
    return this.#scopes(await this.isPermittedAddress(tokenId, wallet), wallet);
  }

  async scopesOfAction(tokenId: bigint, multihash: Uint8Array): Promise<ReadonlySet<SigningScope>> {
    return this.#scopes(await this.isPermittedAction(tokenId, multihash), toHex(multihash));
  }

  #scopes(isPermitted: boolean, who: string): ReadonlySet<SigningScope> {
    if (this.personalOnly.has(who)) return new Set(['personal']);
    return new Set(isPermitted ? ['anything'] : []);
  }

  async isPermittedAuthMethod(): Promise<boolean> {
    return false;
  }

  async permittedAuthMethods(): Promise<readonly never[]> {
    return [];
  }

  async authMethodScopes(_tokenId: bigint, _login: unknown, count: number): Promise<readonly boolean[]> {
    return Array.from({ length: count }, () => false);
  }

  async permittedAddresses(): Promise<readonly string[]> {
    return [...this.permitted];
  }

  async permittedActions(): Promise<readonly string[]> {
    return [...this.permittedPrograms].map((multihash) => `0x${multihash}`);
  }
}

function unreachable(): NodeError {
  return new NodeError('Dead.', { code: 'chain/unreachable', fault: 'environment' });
}
