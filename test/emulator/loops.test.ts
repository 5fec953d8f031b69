import { expect } from 'chai';
import { createNames } from '../../emulator/narration/names.js';
import { RowBuilder } from '../../emulator/narration/rows.js';
import { sentenceOf } from '../../emulator/narration/words.js';
import { startPage, type GraphAnswer, type PageUnderTest } from './pageUnderTest.ts';

describe('an app that talks to itself', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage({ mode: 'classic' });
    page.emulator.customer().say('hi');
  });
  afterEach(() => page.close());

  const speak = (app: 0 | 1): Promise<GraphAnswer> => page.post(app, 'messages', { message: { text: 'You said: hi' } });
  const loops = (): unknown[] => page.emulator.events().filter(({ type }) => type === 'loop');
  /** Answers as an echo bot does: each echo with another message, until one is refused. */
  async function speakUntilRefused(apps: readonly (0 | 1)[]): Promise<number> {
    for (let messages = 0; messages < 200; messages += 1) {
      const { status } = await speak(apps[messages % apps.length] ?? 0);
      if (status !== 200) return messages;
    }
    return Infinity;
  }

  for (const [name, apps] of [
    ['is stopped', [0]],
    ['is stopped when two answer each other', [0, 1]],
  ] as const) {
    it(`${name}, and the event stream says so once`, async () => {
      expect(await speakUntilRefused(apps)).to.equal(50);
      expect((await speak(0)).body.error).to.include({ code: 613 });
      expect(loops()).to.have.length(1);
      expect(loops()[0]).to.include({ psid: page.psid, appId: page.ids[0], messages: 50 });
    });
  }

  it('is named in words', async () => {
    await speakUntilRefused([1]);
    const builder = new RowBuilder();
    builder.add(page.emulator.events().find(({ type }) => type === 'loop')!);
    const words = sentenceOf(
      builder.rows[0]!,
      createNames(() => page.emulator.state()),
    );
    expect(words).to.match(/^secondary is stopped: 50 messages .* message_echoes/);
  });

  it('goes on when the customer writes or taps, or a person answers', async () => {
    for (const act of [
      () => page.emulator.customer().say('again'),
      () => page.emulator.customer().postback({ title: 'Menu', payload: 'MENU' }),
      () => page.emulator.inbox().reply('a person'),
    ]) {
      expect(await speakUntilRefused([0])).to.equal(50);
      act();
    }
    expect((await speak(0)).status).to.equal(200);
    expect(loops()).to.have.length(3);
  });

  it('is not stopped in another conversation, nor where loops are allowed', async () => {
    await speakUntilRefused([0]);
    const other = page.emulator.addCustomer();
    page.emulator.customer(other).say('hi');
    const body = { recipient: { id: other }, message: { text: 'hi' } };
    expect((await page.graph(0, 'POST', '/messages', body)).status).to.equal(200);
    page.emulator.setSwitches({ loops: 'allowed' });
    expect((await speak(0)).status).to.equal(200);
  });
});
