import { expect } from 'chai';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import type { Platform } from '../../emulator/startPlatform.ts';
import { startCallback, type Callback } from './callback.ts';

describe('Messenger without Azure', () => {
  let platform: Platform;
  let bot: Callback;
  beforeEach(async () => {
    bot = await startCallback();
    platform = await startDirectPlatform();
  });
  afterEach(async () => {
    await platform.close();
    await bot.close();
  });
  const botUrl = (): string => new URL(bot.url).origin;

  it('calls the webhook of a bot that was connected', async () => {
    await platform.bots[0]!.connect(botUrl());
    platform.emulator.customer().say('hi');
    await platform.emulator.settled();
    expect(bot.received.map(({ body }) => body.entry.map((entry) => 'messaging' in entry))).to.deep.equal([[true]]);
  });

  it('rejects a bot that does not know the challenge', async () => {
    bot.challengeAnswer = () => 'no';
    const problem = await platform.bots[0]!.connect(botUrl()).catch((error: unknown) => error);
    expect(problem).to.be.instanceOf(Error);
    expect(platform.emulator.state().apps.map(({ callbackUrl }) => callbackUrl)).to.deep.equal([undefined, undefined]);
  });

  it('has the settings of Messenger alone, of each app its own', () => {
    const [primary, secondary] = platform.bots.map(({ settings }) => settings);
    expect(Object.keys(primary!)).to.have.members([
      'GraphApiBaseUrl',
      'FacebookAppId',
      'FacebookPageToken',
      'FacebookAppSecret',
      'FacebookVerifyToken',
    ]);
    expect(primary!['FacebookPageToken']).not.to.equal(secondary!['FacebookPageToken']);
  });
});
