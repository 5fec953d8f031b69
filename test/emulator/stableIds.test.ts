import { expect } from 'chai';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { startPlatform } from '../../emulator/startPlatform.ts';
import { startCallback } from './callback.ts';
import { playHistory } from './snapshot/randomHistory.ts';

describe('the ids of an emulator', () => {
  const clock = (): number => Date.UTC(2026, 10, 27);

  /** What happened in one run, with what its apps heard. */
  async function run(ids: string): Promise<{ events: unknown; heard: string[] }> {
    const emulator = await startEmulator({ clock, fields: 'all', seed: { ids } });
    const callback = await startCallback();
    const [app] = emulator.apps;
    await emulator.registerWebhook(app!.id, { callbackUrl: callback.url, verifyToken: 'a text of my own' });
    await playHistory(emulator, 4, 80);
    const events = JSON.stringify(emulator.exportState());
    const heard = callback.received.map(({ bytes }) => bytes.toString().replaceAll(/127\.0\.0\.1:\d+/g, 'here'));
    await emulator.close();
    await callback.close();
    return { events: events.replaceAll(/127\.0\.0\.1:\d+/g, 'here'), heard: heard.toSorted() };
  }

  it('are the same in every run with the same word and the same history, and others with another word', async () => {
    const [one, same, other] = [await run('demo'), await run('demo'), await run('another')];
    expect(same).to.deep.equal(one);
    expect(one.heard).not.to.be.empty;
    expect(other.heard).not.to.deep.equal(one.heard);
    expect(other.heard.map((text) => text.replaceAll('m_emulatedanother', 'm_emulateddemo'))).to.deep.equal(one.heard);
  });

  it('differ from run to run without a word, so that no bot takes something new for something old', async () => {
    const [one, other] = [await startEmulator({ clock: () => 1 }), await startEmulator({ clock: () => 2 })];
    expect(one.customer().say('hi')).not.to.equal(other.customer().say('hi'));
    await one.close();
    await other.close();
  });

  it('are those of activities too', async () => {
    const idsOf = async (): Promise<unknown[]> => {
      const platform = await startPlatform({ clock, seed: { ids: 'demo' } });
      platform.emulator.customer().say('hi');
      await platform.emulator.settled();
      const events = platform.emulator.events();
      await platform.close();
      return events.flatMap((event) => ('activity' in event ? [(event.activity as { id: unknown }).id] : []));
    };
    const ids = await idsOf();
    expect(ids).not.to.be.empty;
    expect(await idsOf()).to.deep.equal(ids);
  });

  it('have only a short word in them', async () => {
    for (const ids of ['', 'two words', 'ä', 'x'.repeat(65), '../x']) {
      const refused = await startEmulator({ seed: { ids } }).catch((error: unknown) => error);
      expect(refused, ids).to.be.instanceOf(RangeError);
    }
  });
});
