import { expect } from 'chai';
import { withStage } from '../../testing/withStage.ts';

const silent = () => ({ run: () => Promise.resolve() });

describe('withStage', () => {
  it('tells below the error of a test what happened', async () => {
    let error: unknown;
    await withStage({ bot: silent }, async (stage) => {
      await stage.customer.says('hi');
      expect(stage.texts()).to.deep.equal(['Hello.']);
    }).catch((caught: unknown) => (error = caught));
    const { message, stack = '', name } = error as Error;
    expect(name).to.equal('AssertionError');
    expect(message).to.match(
      /^expected \[\] to deeply equal[^]+on the stage:\n *\+0\.\d\ds\s+Carla Customer says "hi"\n/,
    );
    expect(stack).to.contain('Carla Customer says').and.contain('withStage.test.ts');
  });

  it('closes the stage in any case', async () => {
    let url = '';
    await withStage({ bot: silent }, async ({ emulator }) => {
      url = emulator.url;
      throw new Error('A test that fails.');
    }).catch(() => undefined);
    expect(
      await fetch(url).then(
        () => 'open',
        () => 'closed',
      ),
    ).to.equal('closed');
  });
});
