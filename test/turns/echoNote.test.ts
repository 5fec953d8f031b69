import { expect } from 'chai';
import type { AuthenticateRequestResult } from 'botframework-connector';
import { messengerInboxEvent } from '../../adapters/messenger/messengerTurn.ts';
import { azureInboxEvent } from '../../adapters/azure/azureTurn.ts';
import { parseFacebookEvent } from '../../models/parseFacebookEvent.ts';
import { readFacebookWebhook } from '../../models/facebookWebhook.ts';
import { echoNoteOf } from '../../turns/echoNote.ts';
import { azureFixtures, messengerFixtures } from '../support/messengerFixtures.ts';

const ownAppId = '1200345678901234';

/** An echo as Meta sends it, with other fields in its message. */
function echo(message: object = {}, fields: object = {}) {
  const item = {
    sender: { id: '108' },
    recipient: { id: '7004' },
    timestamp: 1_700_000_000_077,
    message: { is_echo: true, app_id: Number(ownAppId), mid: 'm_1', ...message },
    ...fields,
  };
  return parseFacebookEvent(item, 'messaging');
}

describe('what is noted of an echo', () => {
  it('is the id, the mark, the words and the time', () => {
    const event = echo({ metadata: 'once-1', text: 'hello' });
    expect(echoNoteOf(event, ownAppId)).to.deep.equal({
      mid: 'm_1',
      correlationId: 'once-1',
      text: 'hello',
      at: 1_700_000_000_077,
    });
  });

  it('is less where Azure leaves out the metadata, or the message has no words', () => {
    expect(echoNoteOf(echo({ text: 'hello' }), ownAppId)).to.deep.equal({
      mid: 'm_1',
      text: 'hello',
      at: 1_700_000_000_077,
    });
    expect(echoNoteOf(echo({ metadata: null }), ownAppId)).to.deep.equal({ mid: 'm_1', at: 1_700_000_000_077 });
  });

  it('is the author of what another app, or a person, said, and no words of people', () => {
    const at = 1_700_000_000_077;
    const said = { text: 'my name is Ana', metadata: 'private' };
    const note = { mid: 'm_1', at, author: 'other' };
    expect(echoNoteOf(echo({ ...said, app_id: 263902037430900 }), ownAppId)).to.deep.equal(note);
    expect(echoNoteOf(echo({ ...said, app_id: undefined }), ownAppId)).to.deep.equal(note);
    const app = { ...note, text: said.text, appId: '2000' };
    expect(echoNoteOf(echo({ ...said, app_id: 2000 }), ownAppId)).to.deep.equal(app);
  });

  it('is that Meta’s AI spoke, which is quicker than the people whose app id it has', () => {
    const note = { mid: 'm_1', at: 1_700_000_000_077, author: 'other', appId: '622851382610562' };
    const said = { text: 'Hello, I am here to help', app_id: 263902037430900, ai_generated: true };
    expect(echoNoteOf(echo(said), ownAppId)).to.deep.equal(note);
  });

  it('leaves the author open where the bot has no app id of its own', () => {
    expect(echoNoteOf(echo({ text: 'hello' }), '')).to.deep.include({ author: 'unknown', text: 'hello' });
  });

  it('is nothing without an id or a time, and nothing of what the customer said', () => {
    expect(echoNoteOf(echo({ mid: undefined }), ownAppId)).to.equal(undefined);
    expect(echoNoteOf(echo({}, { timestamp: undefined }), ownAppId)).to.equal(undefined);
    expect(echoNoteOf(echo({ is_echo: false }), ownAppId)).to.equal(undefined);
  });

  it('comes with the delivery, on both endpoints', () => {
    const noted = { mid: 'm_AAAAecho1', correlationId: 'turn-7', text: 'Hello', at: 1767225600123 };
    const [item] = readFacebookWebhook(messengerFixtures().get('echo')!.payload);
    expect(messengerInboxEvent(item!, ownAppId).echo).to.deep.equal(noted);
    const authenticated = { claimsIdentity: { claims: [] }, audience: '' } as unknown as AuthenticateRequestResult;
    const { payload } = azureFixtures().get('echo')!;
    expect(azureInboxEvent(payload, authenticated, ownAppId).echo).to.deep.equal(noted);
    expect(azureInboxEvent(payload, authenticated, '1').echo).to.deep.include({ mid: noted.mid, author: 'other' });
  });
});
