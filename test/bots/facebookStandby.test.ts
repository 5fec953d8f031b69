import { type Activity, ConversationState, MemoryStorage, UserState } from 'botbuilder';
import { expect } from 'chai';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { BotStage } from '../support/botStage.ts';
import {
  conversationId,
  echoItem,
  item,
  messageItem,
  onStandby,
  pageId,
  psid,
  type StandbyShape,
  standbyShapes,
} from '../support/facebookActivities.ts';
import { traceOf } from './handlerTrace.ts';

describe('FacebookActivityHandler on standby', () => {
  for (const shape of Object.keys(standbyShapes) as StandbyShape[]) {
    it(`hears every item, with ${shape}`, async () => {
      const heard: (string | undefined)[] = [];
      const handler = new FacebookActivityHandler()
        .onFacebookStandby(async (event) => {
          heard.push(event.kind === 'message' ? `${event.via} ${event.text ?? ''}` : event.kind);
        })
        .onFacebookEcho(async (event) => {
          heard.push(`${event.via} echo ${event.text ?? ''}`);
        });
      const items = [
        messageItem('one'),
        echoItem('two'),
        messageItem('Three', 'three'),
        item({ read: { watermark: 1 } }),
      ];
      await new BotStage().play(handler, onStandby(items, shape));
      expect(heard).to.deep.equal(['standby one', 'standby echo two', 'standby Three', 'read']);
    });
  }

  it('matches the name of the activity whatever its case', async () => {
    const activity = { ...onStandby([messageItem('hi')]), name: 'StandBy' };
    expect(await traceOf(activity)).to.include('onFacebookStandby');
  });

  it('gives the payload of a tapped quick reply', async () => {
    const payloads: string[] = [];
    const handler = new FacebookActivityHandler().onFacebookStandby(async (event) => {
      if (event.kind === 'message' && event.quickReply !== undefined) payloads.push(event.quickReply.payload);
    });
    await new BotStage().play(handler, onStandby([messageItem('Yes', 'take_from_inbox')], 'value.standBy'));
    expect(payloads).to.deep.equal(['take_from_inbox']);
  });

  it('keeps the state of two customers apart that come in one activity', async () => {
    const storage = new MemoryStorage();
    const state = new UserState(storage);
    const words = state.createProperty<string>('words');
    const handler = new FacebookActivityHandler();
    handler.onFacebookStandby(async (event, context, next) => {
      if (event.kind === 'message') await words.set(context, event.text ?? '');
      await next();
    });
    handler.onDialog(async (context, next) => {
      await state.saveChanges(context);
      await next();
    });
    const other = { ...messageItem('from the other'), sender: { id: '999' } };
    await new BotStage().play(handler, onStandby([messageItem('from the one'), other]));

    const stored = await storage.read([`facebook/users/${psid}/`, 'facebook/users/999/']);
    const wordsOf = (key: string) => (stored[key] as { words?: string } | undefined)?.words;
    expect(wordsOf(`facebook/users/${psid}/`)).to.equal('from the one');
    expect(wordsOf('facebook/users/999/')).to.equal('from the other');
  });

  it('keeps them apart when the state of the conversation was loaded before the bot', async () => {
    const storage = new MemoryStorage();
    const state = new ConversationState(storage);
    const words = state.createProperty<string[]>('words');
    const handler = new FacebookActivityHandler().onFacebookStandby(async (event, context, next) => {
      const heard = await words.get(context, []);
      heard.push(event.kind === 'message' ? (event.text ?? '') : '');
      await state.saveChanges(context);
      await next();
    });
    const { adapter } = new BotStage();
    adapter.use(async (context, next) => {
      await words.get(context, []);
      await next();
    });
    const items = [messageItem('from the one'), { ...messageItem('from the other'), sender: { id: '999' } }];
    const around = { from: { id: psid }, conversation: { id: conversationId }, recipient: { id: pageId } };
    const activity = { ...onStandby(items), ...around } as Activity;
    await adapter.turn(activity, (context) => handler.run(context));

    const keys = [conversationId, `999-${pageId}`].map((id) => `facebook/conversations/${id}/`);
    const stored = await storage.read(keys);
    expect(keys.map((key) => (stored[key] as { words?: string[] } | undefined)?.words)).to.deep.equal([
      ['from the one'],
      ['from the other'],
    ]);
  });

  it('lets each of several items have what the adapter left for the turn', async () => {
    const seen: unknown[] = [];
    const handler = new FacebookActivityHandler().onFacebookStandby(async (_event, context) => {
      seen.push(context.turnState.get('connector'));
    });
    const { adapter } = new BotStage();
    adapter.use(async (context, next) => {
      context.turnState.set('connector', 'of the adapter');
      await next();
    });
    await adapter.turn(onStandby([messageItem('one'), messageItem('two')]), (context) => handler.run(context));
    expect(seen).to.deep.equal(['of the adapter', 'of the adapter']);
  });

  it('lets each of several items reach the general handlers', async () => {
    expect(await traceOf(onStandby([messageItem('one'), messageItem('two')]))).to.deep.equal([
      'onTurn',
      'onFacebookStandby',
      'onEvent',
      'onDialog',
      'onTurn',
      'onFacebookStandby',
      'onEvent',
      'onDialog',
    ]);
  });
});
