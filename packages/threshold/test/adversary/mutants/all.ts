import { blsMutants } from './bls.ts';
import { presigningMutants } from './ecdsa-presigning.ts';
import { ecdsaSigningMutants } from './ecdsa-signing.ts';
import { transferMutants } from './ecdsa-transfers.ts';
import { frostMutants } from './frost.ts';
import { groupMutants } from './groups.ts';
import { keyGenerationMutants } from './key-generation.ts';
import type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...transferMutants,
  ...presigningMutants,
  ...ecdsaSigningMutants,
  ...frostMutants,
  ...blsMutants,
  ...keyGenerationMutants,
  ...groupMutants,
];
