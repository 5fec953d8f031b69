import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { clones } from './clones.js';

/**
 * Where a client or bot of others comes from, and what it needs besides. What is not there is said, and the client is left out.
 *
 * @typedef {object} Source
 * @property {string} [npm] its package in the npm registry
 * @property {string} [clone] its repository on GitHub
 * @property {readonly string[]} [debian] packages of Debian that have to be installed; the first is the client's own if it is neither of the above
 * @property {readonly string[]} [libraries] other repositories that it imports
 */

/**
 * What is missing for a client, in one sentence, or `undefined`.
 *
 * @param {Source} source
 * @param {string | undefined} cloneFolder
 */
export function missingFor({ clone, debian = [], libraries = [] }, cloneFolder) {
  const uninstalled = debian.filter((name) => debianVersion(name) === undefined);
  if (uninstalled.length > 0) return `needs ${uninstalled.join(', ')} of Debian.`;
  const wanted = [...(clone === undefined ? [] : [clone]), ...libraries];
  if (wanted.length === 0) return undefined;
  if (cloneFolder === undefined) return `needs clones of ${wanted.join(', ')}: --clones <folder>.`;
  const absent = wanted.filter((repository) => !hasCommit(join(cloneFolder, repository), commitOf(repository)));
  return absent.length === 0 ? undefined : `needs the pinned commit of ${absent.join(', ')} in the folder of clones.`;
}

/**
 * Lays the pinned files of the repositories out below `folder`, as they are.
 *
 * @param {Source} source
 * @param {string} cloneFolder
 * @param {string} folder
 */
export function layOut({ clone, libraries = [] }, cloneFolder, folder) {
  for (const repository of [...(clone === undefined ? [] : [clone]), ...libraries]) {
    const target = join(folder, repository);
    mkdirSync(target, { recursive: true });
    const files = clones[repository]?.files ?? [];
    const archive = ['-C', join(cloneFolder, repository), 'archive', commitOf(repository), '--', ...files];
    const input = execFileSync('git', archive, { maxBuffer: 256 * 1024 * 1024, stdio: 'pipe' });
    execFileSync('tar', ['-x', '-C', target], { input });
  }
}

/**
 * @param {Source} source
 * @param {Readonly<Record<string, string>>} packages versions of npm
 */
export function versionOf({ npm, clone, debian: [own = ''] = [] }, packages) {
  if (clone !== undefined) return `${commitOf(clone).slice(0, 7)} of ${clones[clone]?.date ?? ''}`;
  return npm === undefined ? (debianVersion(own) ?? '') : (packages[npm] ?? '');
}

const commitOf = (/** @type {string} */ repository) => clones[repository]?.commit ?? '';

/**
 * @param {string} name
 * @returns {string | undefined}
 */
function debianVersion(name) {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Version}', name], {
    encoding: 'utf8',
  });
  const [state, version] = status === 0 ? stdout.split(' ') : [];
  return state === 'installed' ? version : undefined;
}

const hasCommit = (/** @type {string} */ folder, /** @type {string} */ commit) =>
  spawnSync('git', ['-C', folder, 'cat-file', '-e', `${commit}^{commit}`]).status === 0;
