import { equalBytes } from '@keymesh/foundation';
import type { Curve } from '../curve.ts';

/** For the self-test: an arbitrary scalar that is valid on every curve. */
const SELF_TEST_SCALAR = 0x6b65796d6573682f73656c662d746573742f6e61746976652f6375727665n;

/** What `create` makes, if it loads here and reproduces two products of the reference; otherwise the reference. */
export async function verifiedCurve(reference: Curve, create: () => Promise<Curve>): Promise<Curve> {
  try {
    const curve = await create();
    return agrees(curve, reference) ? curve : reference;
  } catch {
    return reference;
  }
}

function agrees(curve: Curve, reference: Curve): boolean {
  // Decoded, because noble spends many milliseconds on tables when it first multiplies its own generator.
  const generator = reference.decodePoint(reference.encodePoint(reference.generator));
  const expectedFirst = reference.multiplyPublic(generator, SELF_TEST_SCALAR);
  const expectedSecond = reference.multiplyPublic(expectedFirst, SELF_TEST_SCALAR);
  const first = curve.multiplyBase(SELF_TEST_SCALAR);
  const second = curve.multiply(first, SELF_TEST_SCALAR);
  return (
    equalBytes(curve.encodePoint(first), reference.encodePoint(expectedFirst)) &&
    equalBytes(curve.encodePoint(second), reference.encodePoint(expectedSecond))
  );
}
