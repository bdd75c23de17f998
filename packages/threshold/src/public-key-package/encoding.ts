import { KeymeshError, Reader, Writer } from '@keymesh/foundation';
import type { Curves } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import { type PublicKeyPackage, ROOT_KEY_NAMES, ROOT_KEYS } from '../root-keys.ts';
import { assertSharingParameters } from '../sharing/index.ts';

/**
 * First byte of an encoded package: another format gets another number. 1 had four root keys and was never released.
 */
export const PUBLIC_KEY_PACKAGE_VERSION = 2;

/**
 * The one encoding of a package: version, n, t, and for each root its kind and t commitments.
 * @throws ThresholdError `package/malformed` unless it has every root once, in order, with t commitments.
 */
export function encodePublicKeyPackage(publicKeyPackage: PublicKeyPackage): Uint8Array {
  const { partyCount, threshold, roots } = publicKeyPackage;
  assertSharingParameters(threshold, partyCount);
  const writer = new Writer().u8(PUBLIC_KEY_PACKAGE_VERSION).u16(partyCount).u16(threshold);
  if (roots.length !== ROOT_KEY_NAMES.length) throw malformedPackage('caller');
  for (const [i, root] of roots.entries()) {
    if (root.name !== ROOT_KEY_NAMES[i] || root.commitments.length !== threshold) throw malformedPackage('caller');
    writer.u8(ROOT_KEYS[root.name].kind);
    for (const commitment of root.commitments) writer.fixed(commitment);
  }
  return writer.finish();
}

/**
 * Reads a package that came from anywhere: all points are canonical, of prime order and not the identity. That says
 * nothing of whose keys they are; compare `computeResultHash` with the chain.
 * @throws ThresholdError `package/malformed`.
 */
export function decodePublicKeyPackage(curves: Curves, bytes: Uint8Array): PublicKeyPackage {
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== PUBLIC_KEY_PACKAGE_VERSION) throw malformedPackage('peer');
    const partyCount = reader.u16();
    const threshold = reader.u16();
    assertSharingParameters(threshold, partyCount);
    const roots = ROOT_KEY_NAMES.map((name) => {
      if (reader.u8() !== ROOT_KEYS[name].kind) throw malformedPackage('peer');
      const curve = curves[ROOT_KEYS[name].curve];
      const commitments = Array.from({ length: threshold }, () => reader.fixed(curve.pointBytes));
      for (const commitment of commitments) curve.decodePoint(commitment);
      return { name, commitments };
    });
    reader.end();
    return { partyCount, threshold, roots };
  } catch (cause) {
    if (cause instanceof KeymeshError) throw malformedPackage('peer', cause);
    throw cause;
  }
}

function malformedPackage(fault: 'caller' | 'peer', cause?: unknown): ThresholdError {
  return new ThresholdError('The public key package is malformed.', {
    code: 'package/malformed',
    fault,
    hint: 'A package has every root key once, in the order of their kinds, each with one valid point for each share of the threshold.',
    cause,
  });
}
