import { expect } from 'chai';
import { anyPorts, botPidsIn, isRunning, type spawnPlayground } from './playgroundProcess.ts';

/** Tests of whole tours of the playground, which leave no bot behind. Each is its options, its mode, and how many steps it has. */
export function describeTours(
  play: typeof spawnPlayground,
  tours: readonly (readonly [options: readonly string[], mode: 'classic' | 'routing', steps: number])[],
): void {
  for (const [options, mode, steps] of tours) {
    it(`${['--', '--tour', ...options, '--mode', mode].join(' ')} plays its conversation, every step as expected`, async () => {
      const tour = play(['--tour', ...options, '--mode', mode, ...anyPorts]);
      const { code } = await tour.ended;
      expect(tour.output()).to.include(`${steps} steps in mode ${mode}, ${steps} as expected.`);
      expect(tour.output()).not.to.match(/✗|\btrouble\b/);
      expect(tour.output()).to.match(options.includes('--direct') ? /Azure +not running/ : /Azure +http:/);
      expect(code).to.equal(0);
      expect(botPidsIn(tour.output())).to.have.length(options.includes('--live-chat') ? 1 : 2);
      expect(botPidsIn(tour.output()).filter(isRunning)).to.deep.equal([]);
    });
  }
}
