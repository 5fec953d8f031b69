// What `npm test` runs. In a clone that says in package.json that it is somebody's own, the checks of this project's documents, container and
// workflows are left out: those are the owner's there.
const { messengerHandover } = require('./package.json');

module.exports = {
  spec: 'test/**/*.test.ts',
  ignore: messengerHandover?.own === true ? ['test/project/**'] : [],
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
