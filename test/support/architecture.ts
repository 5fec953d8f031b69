import { posix } from 'node:path';
import { readSource, type SourceFacts } from './sourceReader.ts';

/** Files by their path from the root of the project, with slashes. */
export type SourceFiles = ReadonlyMap<string, string>;

const botSide = [
  'models',
  'helpers',
  'store',
  'turns',
  'adapters/http',
  'adapters/azure',
  'adapters/messenger',
  'metrics',
  'bots',
] as const;

/**
 * Which places each place may import, beside itself. A place is a file at the top, a folder at the top, or a room of one: the longest name
 * here that a path begins with. A file at the top, or a room in a folder of ours, that is missing here may not exist.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  models: [],
  helpers: ['models'],
  store: ['models', 'helpers'],
  turns: ['models', 'helpers', 'store'],
  'adapters/http': ['models', 'helpers', 'store', 'turns'],
  // The endpoints are two adapters that do not know of each other.
  'adapters/azure': ['models', 'helpers', 'store', 'turns', 'adapters/http'],
  'adapters/messenger': ['models', 'helpers', 'store', 'turns', 'adapters/http'],
  metrics: ['models', 'helpers', 'store', 'turns', 'adapters/http'],
  bots: ['models', 'helpers'],
  'botServer.ts': botSide,
  'server.ts': [...botSide, 'botServer.ts'],
  'index.ts': ['server.ts', 'helpers'],
  commands: botSide,
  bench: [...botSide, 'server.ts', 'emulator'],
  emulator: ['emulator/narration'],
  // Loaded by the browser too, so it may not reach into the emulator.
  'emulator/narration': [],
  playground: ['emulator', 'emulator/narration'],
  testing: ['models', 'helpers', 'server.ts', 'emulator', 'emulator/narration'],
  'eslint.config.js': [],
  '.mocharc.cjs': ['package.json'],
  '.mocharc.programs.cjs': ['.mocharc.cjs'],
};

/** May import what the emulator publishes, and no more. */
const outsideEmulator = ['playground', 'testing'];

/** A folder that is not ours, such as `dialogs/`, belongs to whoever cloned the project: it holds parts of bots. */
const userFolder = {
  mayImport: ['models', 'helpers', 'bots', 'testing'],
  isImportedBy: ['bots', 'server.ts'],
} as const;
const ourFolders = new Set(['test', ...Object.keys(mayImport).map((place) => place.split('/', 1)[0])]);
const isUserFolder = (path: string): boolean => {
  const [, folder] = /^(\w[\w.-]*)\//.exec(path) ?? [];
  return folder !== undefined && !ourFolders.has(folder);
};

/** The one file of the bots that reads the environment. The emulator and the playground are programs of their own. */
const READS_ENVIRONMENT = 'helpers/settings/settings.ts';

/** Starts whatever file it is told to, so only it imports by a name that it was given; it tells Node in the environment where to keep what it compiled. */
const LAUNCHER = 'commands/launch.js';

/** Loads the module of a bot by the path that a user gave. */
const BOT_LOADER = 'bots/botModule.ts';

/** Everything that goes against the directions, as sentences. `test/` may import anything and is left out. */
export function findViolations(files: SourceFiles): string[] {
  const facts = [...files]
    .filter(([path]) => placeOf(path) !== 'test')
    .map(([path, text]) => ({ path, ...readSource(path, text) }));
  return [
    ...facts.flatMap(importViolations),
    ...circles(facts),
    ...environmentViolations(facts),
    ...moreThanOne(
      'console',
      facts.filter(({ usesConsole }) => usesConsole),
    ),
  ];
}

type FileFacts = SourceFacts & { path: string };

/** The folder or room, or the file at the top, that this path belongs to. */
function placeOf(path: string): string {
  const room = path.split('/').slice(0, 2).join('/');
  return room in mayImport ? room : (path.split('/')[0] ?? path);
}

function importViolations({ path, imports, importsComputed }: FileFacts): string[] {
  const place = placeOf(path);
  const isOfUser = isUserFolder(path);
  const allowed = isOfUser ? userFolder.mayImport : mayImport[place];
  if (allowed === undefined) return [`${path} is in a place that has no row in the table of directions`];
  const violations =
    importsComputed && path !== LAUNCHER && path !== BOT_LOADER
      ? [`${path} imports a module whose name is computed`]
      : [];
  for (const specifier of imports) {
    const target = resolveImport(path, specifier);
    if (target === undefined) continue;
    const targetPlace = placeOf(target);
    const mayUse = isUserFolder(target)
      ? isOfUser || userFolder.isImportedBy.some((importer) => importer === place)
      : allowed.includes(targetPlace);
    if (targetPlace !== place && !mayUse) violations.push(`${path} imports ${target}`);
    // The public part of the emulator is its top-level files and the narration; its other folders are internal.
    else if (outsideEmulator.includes(place) && targetPlace === 'emulator' && /^emulator\/.+\//.test(target)) {
      violations.push(`${path} imports ${target}, which is internal to the emulator`);
    }
  }
  return violations;
}

/**
 * Files that import each other, directly or through others, as one sentence for each circle. Imports of types count: whoever reads one of the
 * files has to read all of them.
 */
function circles(facts: readonly FileFacts[]): string[] {
  const importsOf = new Map(
    facts.map(({ path, imports }) => [path, imports.flatMap((name) => resolveImport(path, name) ?? [])]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at !== -1) found.push(`${[...way.slice(at), path].join(' imports ')}, which is a circle`);
    if (at !== -1 || done.has(path)) return;
    for (const next of importsOf.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of importsOf.keys()) visit(path, []);
  return found;
}

/** The path from the root that a module name leads to; undefined for packages and Node's own modules. */
function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#') || specifier.startsWith('/') || specifier.startsWith('file:')) return specifier;
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(from), specifier);
}

function environmentViolations(facts: readonly FileFacts[]): string[] {
  const readers = facts.filter(({ usesProcessEnv }) => usesProcessEnv);
  const own = ['emulator', 'playground'];
  return [
    ...readers
      .filter(({ path }) => ![READS_ENVIRONMENT, LAUNCHER].includes(path) && !own.includes(placeOf(path)))
      .map(({ path }) => `${path} reads the environment, which only ${READS_ENVIRONMENT} does`),
    ...own.flatMap((place) =>
      moreThanOne(
        'the environment',
        readers.filter(({ path }) => placeOf(path) === place),
      ),
    ),
  ];
}

function moreThanOne(what: string, users: readonly FileFacts[]): string[] {
  return users.slice(1).map(({ path }) => `${path} uses ${what}, as ${users[0]?.path ?? ''} does already`);
}
