// What `npm test` runs. In a clone that says in package.json that it is somebody's own, the checks of this project's documents, container and
// workflows are left out: those are the owner's there.
const { messengerHandover } = require('./package.json');

/** What talks to the bots that come with the project; in a clone another may stand in their place in bots/createBot.ts. */
const testsOfOurBots = [
  'test/adapters/proxy.test.ts',
  'test/emulator/alone.test.ts',
  'test/faults/connectorFaults.test.ts',
  'test/page/tour.test.ts',
  'test/playground/playgroundProcess.test.ts',
  'test/playground/runTask.test.ts',
  'test/secrets/endpoints.test.ts',
  'test/server.test.ts',
];

module.exports = {
  spec: 'test/**/*.test.ts',
  ignore: messengerHandover?.own === true ? ['test/project/**', ...testsOfOurBots] : [],
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
