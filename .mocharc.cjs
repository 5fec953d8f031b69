const { globSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

// For who starts mocha without the launcher: it is on before anything is loaded.
enableCompileCache(join(__dirname, 'node_modules/.cache/compiled'));

// The longest first, so that no process works on one of them when the others have nothing left to do.
const longest = [
  'test/bots/takeover/interrupted.test.ts',
  'test/superLinear.test.ts',
  'test/{turns,fuzz,races,faults}/*.test.ts',
];

// What `npm test` runs: the tests of the code, and those of who has put a bot beside it. The checks of this project's own documents, container and
// workflows are `npm run test:project`, since a clone has others soon.
module.exports = {
  spec: [...new Set([...longest, 'test/**/*.test.ts'].flatMap((files) => globSync(files).sort()))],
  ignore: ['test/project/**'],
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
