import { expect } from 'chai';
import { tourSteps } from '../../../playground/tour/tourSteps.ts';

describe('The table of the tour', () => {
  const graph = (mode: 'classic' | 'routing'): string =>
    tourSteps.flatMap(({ expected }) => expected[mode]?.graph ?? []).join('\n');

  for (const mode of ['classic', 'routing'] as const) {
    it(`has every step of the post in mode ${mode}`, () => {
      const offered = new Set(
        tourSteps.flatMap(({ expected }) => expected[mode]?.seen ?? []).flatMap(({ choices = [] }) => choices),
      );
      expect([...offered]).to.have.members([
        'Pass to page inbox',
        'Pass to secondary',
        'Receive request',
        'Receive nice request',
        'Pass to primary',
        'Have control taken',
      ]);
      for (const call of [
        'primary: pass_thread_control to secondary',
        'primary: pass_thread_control to Page Inbox',
        'secondary: pass_thread_control "Pass to primary"',
        'secondary: request_thread_control "give me control"',
        'secondary: request_thread_control "please"',
        'primary: take_thread_control',
      ]) {
        expect(graph(mode)).to.include(call);
      }
    });

    it(`begins and ends with the primary bot in mode ${mode}`, () => {
      const owners = tourSteps.flatMap(({ expected }) => expected[mode]?.owner ?? []);
      expect([owners[0], owners.at(-1)]).to.deep.equal(['primary', 'primary']);
    });
  }

  it('has requests granted in classic and refused by Meta in routing', () => {
    expect(graph('classic')).to.include('secondary: request_thread_control "please" → ok');
    expect(graph('routing')).to.include('secondary: request_thread_control "please" → refused');
  });
});
