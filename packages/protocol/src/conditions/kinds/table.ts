import type { EvmBasicCondition, StandardContractType } from '../schema.ts';
import { unsupported } from '../structure.ts';
import { caller } from './caller.ts';
import { caskSubscriptions } from './cask.ts';
import { creatonSubscribers } from './creaton.ts';
import { balanceOf } from './erc20.ts';
import { ownerOf } from './erc721.ts';
import { erc1155BalanceOf, erc1155BalanceOfBatch } from './erc1155.ts';
import type { BasicKind } from './kind.ts';
import { molochMembers } from './moloch.ts';
import { nativeBalance } from './native-balance.ts';
import { isPermittedAddress } from './pkp-permissions.ts';
import { isRegistered } from './proof-of-humanity.ts';
import { timestamp } from './timestamp.ts';

/** `standardContractType` and `method` of every `evmBasic` condition that can be evaluated. */
const KINDS: Readonly<Partial<Record<`${StandardContractType} ${string}`, BasicKind>>> = {
  ' ': caller,
  ' eth_getBalance': nativeBalance,
  'ERC20 balanceOf': balanceOf,
  'ERC721 balanceOf': balanceOf,
  'ERC721 ownerOf': ownerOf,
  'ERC1155 balanceOf': erc1155BalanceOf,
  'ERC1155 balanceOfBatch': erc1155BalanceOfBatch,
  'MolochDAOv2.1 members': molochMembers,
  'CASK getActiveSubscriptionCount': caskSubscriptions,
  'Creaton subscribers': creatonSubscribers,
  'ProofOfHumanity isRegistered': isRegistered,
  'PKPPermissions isPermittedAddress': isPermittedAddress,
  'timestamp eth_getBlockByNumber': timestamp,
};

/** @throws ProtocolError `conditions/unsupported`, naming type and method. */
export function kindOf(condition: EvmBasicCondition): BasicKind {
  const key = `${condition.standardContractType} ${condition.method}` as const;
  const kind = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
  if (kind === undefined) throw unsupported(key.trim());
  return kind;
}
