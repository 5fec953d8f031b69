import { expect } from 'chai';
import { GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import { createOwnPage } from '../../../helpers/graph/ownPage.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function start(answers: readonly unknown[], pageId?: string) {
  const asked: unknown[] = [];
  const waits: { ms: number; callback: () => void }[] = [];
  const logger = createRecordingLogger();
  const graph = {
    get: (path: string, params?: object): Promise<unknown> => {
      asked.push([path, params]);
      const answer = answers[asked.length - 1];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const page = createOwnPage({ pageId, graph, logger, after: (ms, callback) => void waits.push({ ms, callback }) });
  return { page, asked, waits, logger };
}

describe('the own Page', () => {
  it('is the one that the setting names, and nobody is asked', () => {
    const { page, asked } = start([], '10');
    page.learn();
    expect(page.known()).to.deep.equal({ id: '10', by: 'setting' });
    expect(asked).to.deep.equal([]);
  });

  it('is learnt from the token, as text whichever way Graph writes it', async () => {
    for (const id of ['104857600012345', 104857600012345]) {
      const { page, asked, waits } = start([{ id }]);
      expect(page.known()).to.equal(undefined);
      page.learn();
      await settle();
      expect(page.known()).to.deep.equal({ id: '104857600012345', by: 'token' });
      expect(asked).to.deep.equal([['me', { fields: 'id' }]]);
      expect(waits).to.deep.equal([]);
    }
  });

  it('is asked for again after each failure, later each time, and somebody is told once', async () => {
    const { page, asked, waits, logger } = start([
      new GraphTransportError('timeout'),
      {},
      null,
      'x',
      {},
      {},
      {},
      {},
      {},
    ]);
    page.learn();
    for (let n = 0; n < 9; n += 1) {
      await settle();
      waits[n]?.callback();
    }
    await settle();
    expect(asked).to.have.length(10);
    expect(waits.map(({ ms }) => ms / 1000)).to.deep.equal([5, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    const lines = logger.lines.filter(({ level }) => level !== 'debug');
    expect(lines.map(({ level, message }) => [level, message])).to.deep.equal([
      [
        'info',
        'it is still unknown which Page the page token belongs to: until then, events of other Pages are accepted too',
      ],
    ]);
    expect(page.known()).to.equal(undefined);
  });

  it('is not asked for any more once it is stopped', async () => {
    const { page, asked, waits } = start([{}, { id: '10' }]);
    page.learn();
    await settle();
    page.stop();
    waits[0]?.callback();
    await settle();
    expect(asked).to.have.length(1);
  });

  it('is waited for some seconds by who needs it', async () => {
    const { page, waits } = start([{}, { id: '10' }]);
    page.learn();
    const [early, late] = [page.untilKnown(), page.untilKnown()];
    await settle();
    const [first, second, again] = waits;
    expect([first?.ms, second?.ms, again?.ms]).to.deep.equal([10_000, 10_000, 5_000]);
    first?.callback();
    expect(await early).to.equal(undefined);
    again?.callback();
    expect(await late).to.equal('10');
    expect(await page.untilKnown()).to.equal('10');
  });

  it('is not waited for once it is stopped', async () => {
    const { page } = start([{}]);
    page.learn();
    const found = page.untilKnown();
    page.stop();
    expect(await found).to.equal(undefined);
  });

  it('is unknown without a token', async () => {
    const page = createOwnPage({ graph: undefined, logger: createRecordingLogger() });
    page.learn();
    expect(page.known()).to.equal(undefined);
    expect(await page.untilKnown()).to.equal(undefined);
  });
});
