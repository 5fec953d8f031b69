import { ConversationState, MemoryStorage, TestAdapter, TurnContext, UserState } from 'botbuilder';
import { expect } from 'chai';
import { applyFacebookPayload } from '../../helpers/applyFacebookPayload.ts';
import { parseFacebookEvent } from '../../models/parseFacebookEvent.ts';

const request = {
  sender: { id: '76' },
  recipient: { id: '10' },
  timestamp: 1767225600123,
  request_thread_control: { requested_owner_app_id: 12, metadata: 'please' },
};

function turn(more: object = {}): TurnContext {
  return new TurnContext(new TestAdapter(), { type: 'event', channelId: 'facebook', ...more });
}

function idsOf({ activity }: TurnContext): unknown[] {
  return [activity.from.id, activity.recipient.id, activity.conversation.id];
}

describe('applyFacebookPayload', () => {
  it('fills in customer, Page and conversation from the item', () => {
    const context = turn();
    applyFacebookPayload(context, request);
    expect(idsOf(context)).to.deep.equal(['76', '10', '76-10']);
  });

  it('does the same from a parsed event', () => {
    const context = turn();
    applyFacebookPayload(context, parseFacebookEvent(request, 'messaging'));
    expect(idsOf(context)).to.deep.equal(['76', '10', '76-10']);
  });

  it('names the Page as sender of an echo, in the same conversation', () => {
    const context = turn();
    applyFacebookPayload(context, { sender: { id: '10' }, recipient: { id: '76' }, message: { is_echo: true } });
    expect(idsOf(context)).to.deep.equal(['10', '76', '76-10']);
  });

  it('leaves what is right as it is', () => {
    const from = { id: '76', name: 'Anna Example' };
    const conversation = { id: '76-10', isGroup: false, conversationType: '', name: 'chat' };
    const context = turn({ from, conversation });
    applyFacebookPayload(context, request);
    expect(context.activity.from).to.equal(from);
    expect(context.activity.conversation).to.equal(conversation);
  });

  it('replaces what is wrong as long as no state was loaded', () => {
    const context = turn({ from: { id: '1' }, recipient: { id: '2' }, conversation: { id: '1-2' } });
    applyFacebookPayload(context, request);
    expect(idsOf(context)).to.deep.equal(['76', '10', '76-10']);
  });

  it('does not touch what the event does not name', () => {
    const context = turn({ from: { id: '1' }, conversation: { id: '1-2' } });
    applyFacebookPayload(context, { recipient: { id: '10' }, app_roles: {} });
    expect(idsOf(context)).to.deep.equal(['1', '10', '1-2']);
  });

  it('refuses to move a turn whose conversation state was loaded', async () => {
    const context = turn({ from: { id: '76' }, conversation: { id: '1-2' } });
    await new ConversationState(new MemoryStorage()).load(context);
    expect(() => applyFacebookPayload(context, request)).to.throw(/state was loaded/);
    expect(context.activity.conversation.id).to.equal('1-2');
    expect(context.activity).not.to.have.property('recipient');
  });

  it("refuses to change the sender when that sender's state was loaded", async () => {
    const context = turn({ from: { id: '1' }, conversation: { id: '76-10' } });
    await new UserState(new MemoryStorage()).load(context);
    expect(() => applyFacebookPayload(context, request)).to.throw(/state was loaded/);
    expect(context.activity.from.id).to.equal('1');
  });

  it('is content with loaded state when nothing moves', async () => {
    const context = turn({ from: { id: '76' }, conversation: { id: '76-10' } });
    await new ConversationState(new MemoryStorage()).load(context);
    applyFacebookPayload(context, request);
    expect(idsOf(context)).to.deep.equal(['76', '10', '76-10']);
  });
});
