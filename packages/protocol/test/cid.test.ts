import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertCid, cidOf, cidOfMultihash, isCid, isContentOf, multihashOf } from '../src/cid/index.ts';

/** From `ipfs add` and `ipfs add --cid-version=1`. */
const KNOWN = [
  { text: 'hello world\n', version: 0, cid: 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o' },
  { text: 'hello world', version: 0, cid: 'Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD' },
  { text: '', version: 0, cid: 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH' },
  { text: 'hello world', version: 1, cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e' },
] as const;

describe('the CID of a text', () => {
  it.each(KNOWN)('of $text.length characters is $cid', ({ text, version, cid }) => {
    expect(cidOf(text, version)).toBe(cid);
    expect(isContentOf(text, cid)).toBe(true);
    expect(isContentOf(`${text} `, cid)).toBe(false);
  });

  it('is that of ipfs-unixfs-importer for files of one, several and many pieces', () => {
    // Made once with ipfs-unixfs-importer 17.1.1: pieces of 262,144 bytes, balanced, 174 links; v1 with raw leaves.
    expect(PIECES.map(({ bytes }) => cidOf(new Uint8Array(bytes).fill(7), 0))).toEqual(PIECES.map(({ v0 }) => v0));
    expect(PIECES.map(({ bytes }) => cidOf(new Uint8Array(bytes).fill(7), 1))).toEqual(PIECES.map(({ v1 }) => v1));
  });

  it('goes to the bytes of contracts and back', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cid = cidOf(text, 0);
        const multihash = multihashOf(cid);
        expect(multihash).toHaveLength(34);
        expect(cidOfMultihash(multihash as Uint8Array)).toBe(cid);
      }),
    );
  });

  it.each([
    '',
    'Qm',
    'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5',
    'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff0o',
    'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5',
    'bafkREIfzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
    '1'.repeat(5_000),
    '0x1220',
  ])('%s is none', (text) => {
    expect(isCid(text)).toBe(false);
    expect(() => assertCid(text)).toThrow(expect.objectContaining({ code: 'cid/malformed' }));
  });
});

const PIECES = [
  {
    bytes: 1,
    v0: 'QmXC9WjuLo7EfydBdbWyvpGif62nrxbDCX2vcz9ZqLTQvV',
    v1: 'bafkreigkgwdvr5wspzwpiutssn4xpj2i7wedshnwphhnu7ohx4pqaxxipe',
  },
  {
    bytes: 262144,
    v0: 'QmdZX5QPxKncoo9HRjSpXVZcgsgYXWoa2WbY4sGses3Agx',
    v1: 'bafkreibwg653s7uy2ae7fpsnbvffbzzughlla6z63y4yfhqjxp2wnklsua',
  },
  {
    bytes: 262145,
    v0: 'QmdVcgs73b1udsDUcFkodaKwpqzVbCivbBq7kujb5EX1Gv',
    v1: 'bafybeihldj5jykexbnvf5jx3cm2pjlqqa3hwyc5d6wo2y7ujlk7qjjgzlu',
  },
  {
    bytes: 1000000,
    v0: 'QmQ4JSJPmfc6EfvnUbevvdiKxQmS3FxhkvxCJVArP3ppRq',
    v1: 'bafybeibi2jryi7ztuf55kzf75pguy54ibameatc6wndkb22nr7z2rn2lka',
  },
  {
    bytes: 45613056,
    v0: 'Qmed9FjL7KtZb7kYrS4gDcunvmL8iQ5CRGgA7nSKKwt2Ge',
    v1: 'bafybeiftshh7rag75n7kjayagjcbw5pq5qudrf322xeqastvz36vvx7nlm',
  },
  {
    bytes: 45613057,
    v0: 'QmXeLACmWQhC5frVpS1QeoBeEDGJ3LEwzdyFZbevMwZ9uN',
    v1: 'bafybeicirej65in3f4hy3adhm6ry4mn6crs74n373phan5ippj3csgd2qy',
  },
  {
    bytes: 47185925,
    v0: 'QmNf1WUBCsWYHuP2enTTypnuvg7cRSmj5wjDMeYiKnD3gF',
    v1: 'bafybeibsofp267kc63j2cnd5nxiukrba6ewuephziyodjhlmyjtueimsvy',
  },
];
