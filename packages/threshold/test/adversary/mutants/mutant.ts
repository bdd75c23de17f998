/** What kind of mistake a mutant is: the list of docs/attacks.md. */
export type MutantKind =
  | 'consistency check'
  | 'correlation check'
  | 'swapped identities'
  | 'replay'
  | 'domain separation'
  | 'reuse'
  | 'epoch'
  | 'signer set'
  | 'biased nonce'
  | 'unverified knowledge'
  | 'identity or small subgroup'
  | 'non-canonical encoding'
  | 'rogue key'
  | 'unverified opening'
  | 'missing re-randomisation'
  | 'malleable signature'
  | 'unverified share'
  | 'missing tweak'
  | 'wrong weights'
  | 'complaints'
  | 'views'
  | 'parameters';

/** One change of a source file. */
export interface Edit {
  /** Occurs exactly once in the file: else the table is out of date, and says so. */
  readonly find: string;
  readonly replace: string;
}

/** One mistake that somebody could make in the sources, and the tests that must notice it. */
export interface Mutant {
  readonly name: string;
  readonly scheme: 'ECDSA' | 'FROST' | 'BLS' | 'key generation' | 'groups and sharing';
  readonly kind: MutantKind;
  /** Below `packages/threshold/src`. */
  readonly file: string;
  readonly edits: readonly Edit[];
  /** Test files below `packages/threshold/test`, without `.test.ts`; at least one test in them must fail. */
  readonly tests: readonly string[];
  /** A regular expression for names of tests: of the slow files only these run. */
  readonly named?: string;
  /** Why no test can tell it from the original. Such a mutant is not run. */
  readonly equivalent?: string;
}

/** @throws Error if an edit does not match exactly once, or changes nothing. */
export function applyMutant({ name, file, edits }: Mutant, source: string): string {
  return edits.reduce((text, { find, replace }) => {
    const count = text.split(find).length - 1;
    if (count !== 1) throw new Error(`"${name}": the snippet occurs ${count} times in ${file}: ${find}`);
    if (find === replace) throw new Error(`"${name}" changes nothing`);
    // As a function: a replacement text would give $ a meaning.
    return text.replace(find, () => replace);
  }, source);
}
