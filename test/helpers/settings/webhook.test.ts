import { expect } from 'chai';
import { read, refusal, refused, singleTenant, webhookSettings } from '../../support/settingsReader.ts';

const without = (name: keyof typeof webhookSettings) => ({ ...webhookSettings, [name]: '' });

describe("The settings of Messenger's own webhook", () => {
  it('turn it on when app secret and verify token are both there', () => {
    const { webhook, facebook } = read(webhookSettings);
    expect(webhook?.appId).to.equal(webhookSettings.FacebookAppId);
    expect(facebook.pageToken?.reveal()).to.equal(webhookSettings.FacebookPageToken);
    expect(webhook?.appSecret.reveal()).to.equal(webhookSettings.FacebookAppSecret);
    expect(webhook?.verifyToken.reveal()).to.equal(webhookSettings.FacebookVerifyToken);
  });

  it('leave it off when the app secret is there for calls to Graph alone', () => {
    expect(read(without('FacebookVerifyToken')).webhook).to.equal(undefined);
  });

  it('are refused without an app secret, since anyone could forge events then', () => {
    expect(refused(without('FacebookAppSecret'))).to.deep.equal(['FacebookAppSecret']);
    expect(refusal(without('FacebookAppSecret')).message).to.contain('forged');
  });

  it('are refused without a page token, since the bot could not answer', () => {
    expect(refused(without('FacebookPageToken'))).to.deep.equal(['FacebookPageToken']);
  });

  it('are refused without an app id', () => {
    expect(refused(without('FacebookAppId'))).to.deep.equal(['FacebookAppId']);
  });

  it('suffice under NODE_ENV=production and on every address, without any of Microsoft', () => {
    expect(read({ ...webhookSettings, NODE_ENV: 'production' }).bot.authentication).to.equal('none');
    expect(read(webhookSettings).host).to.equal('0.0.0.0');
    expect(read({ ...webhookSettings, Host: '192.0.2.1' }).host).to.equal('192.0.2.1');
  });

  it('go together with those of Azure', () => {
    const settings = read({ ...webhookSettings, ...singleTenant });
    expect(settings.webhook).to.not.equal(undefined);
    expect(settings.bot.authentication).to.equal('password');
  });

  it('do not excuse half a set of Microsoft credentials', () => {
    const { MicrosoftAppPassword } = singleTenant;
    expect(refused({ ...webhookSettings, MicrosoftAppPassword })).to.deep.equal(['MicrosoftAppId']);
  });
});

describe('LiveChatTakeBackMinutes', () => {
  it('is told in milliseconds, and 0 means never', () => {
    expect(read({ LiveChatTakeBackMinutes: '30' }).liveChat).to.deep.equal({ takeBackAfterMs: 1_800_000 });
    expect(read({ LiveChatTakeBackMinutes: '0' }).liveChat).to.deep.equal({});
  });

  it('may be a number in the file', () => {
    const file = '{"LiveChatTakeBackMinutes":15}';
    expect(read({}, { 'appsettings.json': file }).liveChat.takeBackAfterMs).to.equal(900_000);
  });
});
