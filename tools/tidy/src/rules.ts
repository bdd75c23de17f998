import { bareErrors } from './rules/bare-errors.ts';
import { compilerVersion } from './rules/compiler-version.ts';
import { noConsole } from './rules/console.ts';
import { deadLinks } from './rules/dead-links.ts';
import { errorPages } from './rules/error-pages.ts';
import { fileLength } from './rules/file-length.ts';
import { generatedHeader } from './rules/generated-header.ts';
import { layerTable } from './rules/layer-table.ts';
import { lockFile } from './rules/lock-file.ts';
import { metricUnits } from './rules/metric-units.ts';
import { openWork } from './rules/open-work.ts';
import { packagePages } from './rules/package-pages.ts';
import { roomNames } from './rules/room-names.ts';
import { suppressedTypes } from './rules/suppressed-types.ts';
import { units } from './rules/units.ts';
import type { Rule } from './tree.ts';

/** Every rule of the repository. Each needs a planted violation in test/planted.test.ts; a test compares the two lists. */
export const RULES: readonly Rule[] = [
  roomNames,
  openWork,
  suppressedTypes,
  noConsole,
  bareErrors,
  units,
  fileLength,
  compilerVersion,
  lockFile,
  generatedHeader,
  metricUnits,
  errorPages,
  layerTable,
  deadLinks,
  packagePages,
];
