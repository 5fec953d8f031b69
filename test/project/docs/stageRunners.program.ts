import { join } from 'node:path';
import { expect } from 'chai';
import { describeStageRunner, firstTest, root } from '../../support/describeStageRunner.ts';

describe('The first test on a stage', () => {
  it('is short', () => expect(firstTest().trim().split('\n')).to.have.length.within(5, 15));
});

describeStageRunner({
  name: 'mocha',
  imports: '',
  argumentsFor: (path) => [join(root, 'node_modules/mocha/bin/mocha.js'), '--no-config', '--timeout', '60000', path],
});

describeStageRunner({
  name: 'node:test',
  imports: "import { it } from 'node:test';\n",
  argumentsFor: (path) => ['--test', '--test-isolation=none', '--test-reporter=spec', path],
});
