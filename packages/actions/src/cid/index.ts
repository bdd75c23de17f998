export { assertCid, cidOf, cidOfMultihash, isCid, isContentOf, multihashOf } from './cid.ts';
