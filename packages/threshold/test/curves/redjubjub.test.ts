import { toHex, utf8 } from '@keymesh/foundation';
import { jubjub, jubjub_findGroupHash } from '@noble/curves/misc.js';
import { expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import { redJubjubPoint } from '../../src/curves/redjubjub.ts';

it('is Jubjub with the base point that the specification derives', () => {
  const base = jubjub_findGroupHash(new Uint8Array(0), utf8('Zcash_G_'));
  const { Gx, Gy, ...parameters } = redJubjubPoint.CURVE();
  const { Gx: otherX, Gy: otherY, ...expected } = jubjub.Point.CURVE();
  expect(parameters).toEqual(expected);
  expect([Gx, Gy]).toEqual([base.x, base.y]);
  expect([Gx, Gy]).not.toEqual([otherX, otherY]);
  const { redjubjub } = nobleCurves;
  // SPENDAUTHSIG_BASEPOINT_BYTES of the redjubjub crate.
  expect(toHex(redjubjub.encodePoint(redjubjub.generator))).toBe(
    '30b5f2aaad325630bcdddbce4d67656d05fd1cc2d037bb5375b6e96d9e01a1d7',
  );
});
