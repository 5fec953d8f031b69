import { createRequire } from 'node:module';

/**
 * `npm run test:project`: the checks of this project's documents, architecture, container and workflows. A clone that says in package.json that
 * it is somebody's own leaves them out.
 */
const { messengerHandover } = createRequire(import.meta.url)('../../package.json') as {
  readonly messengerHandover?: { readonly own?: boolean };
};

if (messengerHandover?.own === true) {
  process.stdout.write(
    "package.json says that this clone is somebody's own, so the checks of the project are left out.\n",
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
