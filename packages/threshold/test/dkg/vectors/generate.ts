import { writeFileSync } from 'node:fs';
import { computeVector } from './key-generation-vector.ts';

// Run with: node --conditions=keymesh:source packages/threshold/test/dkg/vectors/generate.ts
// Only after a change of format that is meant, which also needs new version numbers in the domains.
const file = new URL('key-generation.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(computeVector(), null, 2)}\n`);
