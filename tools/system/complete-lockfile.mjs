/**
 * Adds to package-lock.json the optional packages that npm left out, and prints their names.
 *
 * Compilers and linters ship one optional package per platform. When the registry in use does not carry one of them
 * (a mirror that has only its own platforms), `npm install` drops it from the lock file without a word, and `npm ci`
 * then refuses the lock file on every machine. An entry without a hash is enough: npm skips it where os or cpu do not
 * match and fetches it where they do.
 *
 * Run after `npm install` when the rule `lock-file` of tools/tidy asks for it: node tools/system/complete-lockfile.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PATH = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix'];
/** Names in packages → what npm calls them. */
const LIBRARIES = { musl: 'musl', musleabihf: 'musl', gnu: 'glibc', gnueabihf: 'glibc' };
const PROCESSORS = [
  'arm64',
  'armv7',
  'arm',
  'x64',
  'ia32',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'wasm32',
];

const lock = JSON.parse(readFileSync(PATH, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (version.startsWith('npm:') || isInstalled(path, name)) continue;
    const words = name.replace('amd64', 'x64').split(/[-/]/);
    const os = SYSTEMS.filter((system) => words.includes(system));
    const cpu = PROCESSORS.filter((processor) => words.includes(processor));
    const libc = Object.keys(LIBRARIES).flatMap((word) => (words.includes(word) ? [LIBRARIES[word]] : []));
    if (os.length === 0 && cpu.length === 0) throw new Error(`${name} is missing and its name tells no platform.`);
    lock.packages[`node_modules/${name}`] = {
      version: version.replace(/^[\^~]/, ''),
      ...(cpu.length === 0 ? {} : { cpu }),
      ...(libc.length === 0 ? {} : { libc }),
      optional: true,
      ...(os.length === 0 ? {} : { os }),
    };
    added.push(name);
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(PATH, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(added.length === 0 ? 'nothing is missing\n' : `${added.join('\n')}\n`);

/** Whether a dependency of the package at `path` has an entry where Node would find it. */
function isInstalled(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const prefix = folder === '' ? '' : `${folder}/`;
    if (lock.packages[`${prefix}node_modules/${name}`] !== undefined) return true;
    if (folder === '' || !folder.includes('node_modules/')) {
      return lock.packages[`node_modules/${name}`] !== undefined;
    }
  }
}
