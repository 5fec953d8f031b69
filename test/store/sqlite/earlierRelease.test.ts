import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ClaimsIdentity } from 'botframework-connector';
import { azureInboxEvent, restoreAzureTurn } from '../../../adapters/azure/azureTurn.ts';
import { messengerInboxEvent, restoreMessengerTurn } from '../../../adapters/messenger/messengerTurn.ts';
import { readFacebookWebhook } from '../../../models/facebookWebhook.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import type { InboxEvent, Store } from '../../../store/store.ts';
import { useFolder } from '../../support/brokenDisk.ts';
import { azureFixtures, messengerFixtures } from '../../support/messengerFixtures.ts';

const appId = '1200345678901234';
const authenticated = {
  claimsIdentity: new ClaimsIdentity([{ type: 'aud', value: 'made-up-bot-id' }], true),
  audience: 'https://api.botframework.com',
};

/** What this version makes of an event that comes again, by the endpoint and the name of its fixture. */
const again = {
  webhook: (name: string): InboxEvent[] =>
    readFacebookWebhook(messengerFixtures().get(name)!.payload).map((item) => messengerInboxEvent(item, appId)),
  azure: (name: string): InboxEvent[] => [azureInboxEvent(azureFixtures().get(name)!.payload, authenticated, appId)],
};

/**
 * `version2.db.gz` was written by the code of commit 3812fb6, from fixtures of that commit, and is the file of a process that was killed: one
 * event was done, two turns had been given up, one was in the middle of its second message, and ten events were waiting.
 */
describe('a store file that an earlier release wrote', () => {
  const folder = useFolder();
  let store: Store;
  beforeEach(async () => {
    const file = readFileSync(new URL('../../fixtures/stores/version2.db.gz', import.meta.url));
    writeFileSync(folder.path('store.db'), gunzipSync(file));
    store = await openSqliteStore(folder.path('store.db'), { now: () => Date.UTC(2026, 0, 1, 0, 5) });
  });
  afterEach(() => store.close());

  it('recognises all its events when they are delivered again, at either endpoint', async () => {
    const events = [
      ...['message', 'postback', 'echo', 'takeThreadControl', 'batch'].flatMap(again.webhook),
      ...['passThreadControl', 'messageQuickReply', 'reaction', 'message'].flatMap(again.azure),
    ];
    expect(await store.accept(events)).to.deep.equal({ accepted: 0, duplicates: events.length });
    expect(await store.accept(again.webhook('messageReply'))).to.deep.equal({ accepted: 1, duplicates: 0 });
  });

  it('hands out what was waiting, in order, as turns of the endpoint that accepted it', async () => {
    const turns: string[] = [];
    for (let claim = await store.claim(); claim !== undefined; claim = await store.claim()) {
      const { endpoint, kind, payload: turn } = claim.event;
      const restored = endpoint === 'webhook' ? restoreMessengerTurn(turn) : restoreAzureTurn(turn);
      expect(restored).to.have.nested.property('activity.channelId', 'facebook');
      turns.push(`${claim.id} ${endpoint} ${kind}`);
      await store.complete(claim.id);
    }
    expect(turns.sort((one, other) => parseInt(one) - parseInt(other))).to.deep.equal([
      '4 azure message',
      '5 webhook echo',
      '6 webhook take_thread_control',
      '7 azure reaction',
      '8 webhook message',
      '10 webhook unsupported',
      '11 webhook unsupported',
      '12 webhook message',
      '13 webhook message',
      '14 webhook message',
    ]);
  });

  it('has what the interrupted turn had done', async () => {
    const claim = await store.claim();
    expect(claim?.begun).to.equal(1);
    expect(claim?.journal.map(({ outcome }) => outcome)).to.deep.equal(['done', 'open']);
  });

  it('has its dead letters, with their endpoint, and they can be replayed', async () => {
    const letters = await store.deadLetters.list();
    expect(letters.map(({ event, reason }) => [event.endpoint, event.kind, reason])).to.deep.equal([
      ['webhook', 'postback', 'unknownOutcome'],
      ['azure', 'pass_thread_control', 'unknownOutcome'],
    ]);
    expect([...(await store.deadLetters.byReason())]).to.deep.equal([['unknownOutcome', 2]]);
    expect(await store.deadLetters.replay(2)).to.equal(true);
  });

  it('has in quarantine what no bot could have read', async () => {
    const [event, ...others] = await store.quarantine.list();
    expect(others).to.deep.equal([]);
    expect([event?.event.endpoint, event?.reason]).to.deep.equal(['webhook', 'malformed']);
  });

  it('has the state of the bot, and the messages that were sent and echoed', async () => {
    const key = 'facebook/conversations/7601234509876543-104857600012345';
    expect((await store.state.read([key])).get(key)?.value).to.equal('{"spoken":true}');
    const conversation = 'facebook 104857600012345 7601234509876543';
    expect((await store.journal.sentSince(conversation, 0)).map(({ mid }) => mid)).to.deep.equal([
      'm_AAAAanswer1',
      'm_AAAAanswer2',
    ]);
    expect(await store.journal.echoOf('turn-7')).to.include({ mid: 'm_AAAAecho1' });
  });
});
