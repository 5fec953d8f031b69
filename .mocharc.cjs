const { existsSync, globSync, readFileSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
const { messengerHandover } = require('./package.json');

// For who starts mocha without the launcher: it is on before anything is loaded.
enableCompileCache(join(__dirname, 'node_modules/.cache/compiled'));

// The longest first, so that no process works on one of them when the others have nothing left to do.
const longest = [
  'test/bots/takeover/interrupted.test.ts',
  'test/superLinear.test.ts',
  'test/{turns,fuzz,races,faults}/*.test.ts',
];

/**
 * Whether a file is still ours.
 *
 * @param {string} file
 * @param {string} text
 */
function says(file, text) {
  const path = join(__dirname, file);
  return existsSync(path) && readFileSync(path, 'utf8').includes(text);
}

const isOwnClone =
  messengerHandover?.own === true ||
  !says('README.md', '# messenger-handover\n') ||
  !says('docs/upgrading.md', 'messengerHandover') ||
  !says('bots/createBot.ts', '...sampleRoles');

// What `npm test` runs. In a clone of somebody's own the checks of this project's documents, container and workflows are left out: those are the
// owner's there. One that has another README, other documents or another bot is somebody's own, whatever package.json says.
module.exports = {
  spec: [...new Set([...longest, 'test/**/*.test.ts'].flatMap((files) => globSync(files).sort()))],
  ignore: isOwnClone ? ['test/project/**'] : [],
  require: './test/support/outputGuard.ts',
  ui: 'bdd',
  parallel: true,
  jobs: 3,
  // Ends what hangs. It says nothing of how fast anything is: a busy machine may take ten times as long as a quiet one.
  timeout: 120_000,
  reporter: 'dot',
  'forbid-only': true,
  'forbid-pending': true,
};
