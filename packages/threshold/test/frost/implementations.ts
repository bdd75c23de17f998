import type { Curve } from '../../src/curves/index.ts';
import { nobleCurves } from '../../src/curves/index.ts';
import { loadNativeCurves } from '../../src/curves/native/index.ts';
import { type FrostSuite, frostSuites } from '../../src/frost/index.ts';

const native = await loadNativeCurves();

/** Every suite over every implementation of its curve. */
export const implementations: readonly { suite: FrostSuite; curve: Curve; backend: string }[] =
  Object.values<FrostSuite>(frostSuites).flatMap((suite) =>
    // Some curves have no native implementation: then both are the same object.
    [...new Set([nobleCurves[suite.curve], native[suite.curve]])].map((curve) => ({
      suite,
      curve,
      backend: curve.backend,
    })),
  );
