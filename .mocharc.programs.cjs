const { globSync } = require('node:fs');
const base = require('./.mocharc.cjs');

// What `npm run test:programs` runs: the programs that ship, each started as a process, and the page in Chromium. The longest first, so that no
// process works on one of them when the others have nothing left to do.
const longest = ['test/secrets/*.program.ts', 'test/{page,playground}/*.program.ts'];

module.exports = {
  ...base,
  spec: [...new Set([...longest, 'test/**/*.program.ts'].flatMap((files) => globSync(files).sort()))],
};
