import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { badInputs } from '../../fuzz/badInput.ts';
import { scenarios } from '../../races/scenarios.ts';
import { graphFaultScripts } from '../../support/graphFaultScripts.ts';
import { serviceUrlFixtures } from '../../support/serviceUrlFixtures.ts';
import { tokenCases } from '../../support/tokenCases.ts';
import { forgeryKinds, troubleKinds } from '../../support/webhookFuzz.ts';
import { wireAnswers, wireBreaks } from '../../support/wireFaults.ts';

describe('SECURITY.md', () => {
  const text = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');

  it('counts what the tests have', () => {
    const inModes = scenarios.reduce((sum, { modes }) => sum + modes.length, 0);
    for (const phrase of [
      `${Object.keys(badInputs).length} classes from a seeded generator`,
      `forged requests of ${forgeryKinds.length} kinds`,
      `signed bodies of ${troubleKinds.length} kinds`,
      `${tokenCases.length} cases of \`Authorization\` headers, ${tokenCases.filter(({ status }) => status !== 200).length} of them refused`,
      `${serviceUrlFixtures().hostile.length} hostile service URLs`,
      `${graphFaultScripts.length} faults of Graph`,
      `${Object.keys({ ...wireAnswers, ...wireBreaks }).length} faults and two silences of Bot Connector`,
      `${scenarios.length} scripted interleavings, ${inModes} with the two modes`,
      `in every run of the tests, ${2 * inModes} races`,
    ]) {
      expect(text).to.include(phrase);
    }
  });
});
