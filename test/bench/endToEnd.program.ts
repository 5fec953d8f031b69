import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { flood, paced } from '../../bench/endToEnd/loads.ts';
import { markdownTable, median } from '../../bench/endToEnd/markdown.ts';
import { summarize, type CpuProfile } from '../../bench/endToEnd/profileSummary.ts';
import { openStage } from '../../bench/endToEnd/stage.ts';

describe('the benchmark', () => {
  it('sends events to the bot through both endpoints, and each is acknowledged, committed and answered', async () => {
    const stage = await openStage(tmpdir());
    try {
      const bot = await stage.startBot();
      const webhook = await flood(stage.target(bot, '/webhook'), 4, 20);
      const azure = await paced(stage.target(bot, '/api/messages'), 1_000, 0.02);
      expect([webhook.events, azure.events]).to.deep.equal([20, 20]);
      expect(stage.platform.replies()).to.equal(40);
      const { commits, cpuMs } = await bot.report();
      expect(commits['commit']?.count).to.be.at.least(4);
      expect(cpuMs).to.be.greaterThan(0);
    } finally {
      await stage.close();
    }
  });

  it('gives the same work to the bare server', async () => {
    const stage = await openStage(tmpdir());
    try {
      const bare = await stage.startBare('axios');
      for (const endpoint of ['/webhook', '/api/messages'] as const) await flood(stage.target(bare, endpoint), 2, 5);
      expect(stage.platform.replies()).to.equal(10);
    } finally {
      await stage.close();
    }
  });

  it("gives the same work to Microsoft's CloudAdapter, which refuses a token that is not Azure's", async () => {
    const stage = await openStage(tmpdir());
    try {
      const stock = await stage.startStock();
      await flood(stage.target(stock, '/api/messages'), 2, 5);
      expect(stage.platform.replies()).to.equal(5);
      const headers = { 'content-type': 'application/json', authorization: 'Bearer made.up.token' };
      const body = JSON.stringify({ type: 'message', channelId: 'facebook', serviceUrl: stage.platform.url });
      const refused = await fetch(new URL('/api/messages', stock.url), { method: 'POST', headers, body });
      expect(refused.status).to.equal(401);
      expect(stage.platform.replies()).to.equal(5);
    } finally {
      await stage.close();
    }
  });

  it('tells where a profile spent its time, idleness left out', () => {
    const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 0 });
    const profile: CpuProfile = {
      nodes: [
        { id: 1, callFrame: frame('(root)', ''), children: [2, 4, 5] },
        { id: 2, callFrame: frame('post', 'file:///x/node_modules/axios/lib/a.js'), children: [3] },
        { id: 3, callFrame: frame('writev', '') },
        { id: 4, callFrame: frame('claim', 'file:///x/store/sqlite/sqliteStore.ts') },
        { id: 5, callFrame: frame('(idle)', '') },
      ],
      samples: [2, 3, 4, 5],
      timeDeltas: [10, 20, 10, 1000],
    };
    expect(summarize(profile)).to.deep.equal([
      { place: 'axios', share: 0.75 },
      { place: 'store/sqlite', share: 0.25 },
    ]);
  });

  it('prints tables of Markdown', () => {
    expect(markdownTable(['a', 'long name'], [['x', '1']])).to.equal(
      '| a   | long name |\n| --- | --------- |\n| x   | 1         |\n',
    );
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).to.deep.equal([2, 2.5]);
  });
});
