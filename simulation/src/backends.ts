import * as crypto from 'node:crypto';
import { nobleBls } from '@keymesh/threshold/bls';
import { withPointCache } from '@keymesh/threshold/dkg';
import { createOpenSslPrimitives, createWasmKernel } from '@keymesh/threshold/ecdsa-native';
import { loadNativeCurves } from '@keymesh/threshold/native';
import type { Backends } from './cluster.ts';

/** The fastest groups that this machine has. Results do not depend on which they are, only the time does. */
export async function loadBackends(): Promise<Backends> {
  return {
    curves: withPointCache(await loadNativeCurves()),
    bls: nobleBls,
    primitives: createOpenSslPrimitives(crypto),
    kernel: await createWasmKernel(),
  };
}
