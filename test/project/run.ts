import { createRequire } from 'node:module';

/**
 * `npm run test:project`: the checks of this project's documents, architecture, container and workflows by themselves. They are part of
 * `npm test` too, and both leave them out in a clone of somebody's own.
 */
const { ignore } = createRequire(import.meta.url)('../../.mocharc.cjs') as { ignore: readonly string[] };

if (ignore.length > 0) {
  process.stdout.write(
    "This clone is somebody's own, by package.json, README, documents or bot, so the checks of the project are left out.\n",
  );
} else {
  const options = [
    '--no-config',
    '--require',
    './test/support/outputGuard.ts',
    '--timeout',
    '20000',
    '--forbid-pending',
  ];
  process.argv.push(...options, 'test/project/**/*.{test,program}.ts');
  await import(import.meta.resolve('mocha/bin/mocha.js'));
}
