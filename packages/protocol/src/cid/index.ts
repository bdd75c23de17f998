export { assertCid, CID_CHARS_MAX, cidOf, cidOfMultihash, isCid, isContentOf, multihashOf } from './cid.ts';
