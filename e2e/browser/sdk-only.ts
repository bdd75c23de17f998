/** The smallest page that uses the SDK: for the size of the bundle, of which wallets are no part. */
import * as sdk from '@keymesh/sdk';

Object.assign(globalThis, { sdk });
