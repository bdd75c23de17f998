import { toHex } from '@keymesh/foundation';
import type { Platform } from '../platform.ts';

const REQUEST_ID_BYTES = 16;

/** A fresh random id, the same to all nodes of one operation. */
export function newRequestId(platform: Platform): string {
  return toHex(platform.random(REQUEST_ID_BYTES));
}
