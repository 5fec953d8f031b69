import { execSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeStageRunner } from '../support/describeStageRunner.ts';

const version = '5.1.2';

// Vitest is no package of the project: it would bring 35 more, 40 MB, for this alone.
describeStageRunner({
  name: `vitest ${version}`,
  imports: "import { it } from 'vitest';\n",
  argumentsFor: (path, folder) => [
    join(folder, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--reporter=verbose', '--no-color', path],
  ],
  prepare: (folder) => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    execSync(`npm install --ignore-scripts --no-audit --no-fund --save-exact vitest@${version}`, { cwd: folder });
  },
});
