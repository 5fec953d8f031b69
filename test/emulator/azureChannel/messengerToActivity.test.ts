import { expect } from 'chai';
import { CONVERSATION, fromCustomer, NOW, OTHER_PSID, PAGE, PSID, setStage } from './channelUnderTest.ts';
import type { Stage, StageScript } from './channelUnderTest.ts';

const TIMESTAMP = new Date(NOW).toISOString();
const APP = 5_100_000_000_000_001;
const INBOX = 263_902_037_430_900;

const text = fromCustomer({ message: { mid: 'm_in_1', text: 'hi' } });
const quickReply = fromCustomer({ message: { mid: 'm_in_2', text: 'Yes', quick_reply: { payload: 'YES' } } });
const postback = fromCustomer({ postback: { mid: 'm_in_3', title: 'Start', payload: 'GET_STARTED' } });
const pass = fromCustomer({
  pass_thread_control: { previous_owner_app_id: INBOX, new_owner_app_id: APP, metadata: 'Pass thread control' },
});
const take = fromCustomer({ take_thread_control: { previous_owner_app_id: APP, metadata: null } });
const request = fromCustomer({ request_thread_control: { requested_owner_app_id: INBOX, metadata: null } });
const echo = {
  sender: { id: PAGE },
  recipient: { id: PSID },
  timestamp: NOW - 100,
  message: { is_echo: true, app_id: APP, mid: 'm_out_1', text: 'hello' },
};
const read = fromCustomer({ read: { watermark: NOW } });
const address = { from: { id: PSID }, recipient: { id: PAGE }, conversation: { id: CONVERSATION } };

describe('what the channel makes of a Messenger webhook', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  const activityOf = async (entry: object, options?: StageScript['options']): Promise<unknown> => {
    stage = await setStage({ options });
    expect(await stage.post(entry)).to.equal(200);
    expect(stage.bot.calls).to.have.length(1);
    return stage.activities()[0];
  };
  const envelope = (id: string) => ({
    id,
    timestamp: TIMESTAMP,
    channelId: 'facebook',
    serviceUrl: stage.channel.serviceUrl,
  });

  it('makes a message of a text, with the raw event as channelData', async () => {
    const activity = await activityOf({ messaging: [text] });
    expect(activity).to.deep.equal({
      type: 'message',
      ...envelope('m_in_1'),
      ...address,
      text: 'hi',
      channelData: text,
    });
  });

  it("makes a message of a tapped quick reply: the title is the text, the payload is the raw event's", async () => {
    const activity = await activityOf({ messaging: [quickReply] });
    expect(activity).to.deep.equal({
      type: 'message',
      ...envelope('m_in_2'),
      ...address,
      text: 'Yes',
      channelData: quickReply,
    });
  });

  it('maps attachments that have an address and keeps the others in channelData alone', async () => {
    const attachments = [
      { type: 'image', payload: { url: 'https://example.com/cat.png' } },
      { type: 'location', payload: { coordinates: { lat: 1, long: 2 } } },
    ];
    const item = fromCustomer({ message: { mid: 'm_in_4', attachments } });
    const activity = await activityOf({ messaging: [item] });
    expect(activity).to.deep.equal({
      type: 'message',
      ...envelope('m_in_4'),
      ...address,
      attachments: [{ contentType: 'image', contentUrl: 'https://example.com/cat.png' }],
      channelData: item,
    });
  });

  it('makes a message of a postback', async () => {
    const activity = await activityOf({ messaging: [postback] });
    expect(activity).to.deep.equal({
      type: 'message',
      ...envelope('m_in_3'),
      ...address,
      text: 'GET_STARTED',
      channelData: postback,
    });
  });

  it('makes an event of a postback when switched', async () => {
    const activity = await activityOf({ messaging: [postback] }, { translation: { postbackAs: 'event' } });
    expect(activity).to.deep.equal({ type: 'event', ...envelope('m_in_3'), ...address, value: postback });
  });

  for (const [name, item] of [
    ['pass', pass],
    ['take', take],
  ] as const) {
    it(`makes a conversationUpdate of a ${name} event, with the raw event as channelData`, async () => {
      const activity = await activityOf({ messaging: [item] });
      expect(activity).to.deep.equal({
        type: 'conversationUpdate',
        ...envelope(`azure-${NOW.toString(36)}-1`),
        ...address,
        channelData: item,
      });
    });
  }

  it('makes an event without any address of a request event', async () => {
    const activity = await activityOf({ messaging: [request] });
    expect(activity).to.deep.equal({ type: 'event', ...envelope(`azure-${NOW.toString(36)}-1`), value: request });
  });

  it('gives a request event its address when switched', async () => {
    const activity = await activityOf({ messaging: [request] }, { translation: { requestAddress: 'present' } });
    expect(activity).to.deep.equal({
      type: 'event',
      ...envelope(`azure-${NOW.toString(36)}-1`),
      ...address,
      value: request,
    });
  });

  it('forwards an echo as was recorded: an event with JSON in its text and the ids of the conversation turned round', async () => {
    const activity = await activityOf({ messaging: [echo] });
    expect(activity).to.deep.equal({
      type: 'event',
      name: 'echo',
      ...envelope(`azure-${NOW.toString(36)}-1`),
      from: { id: PAGE },
      recipient: { id: PSID },
      conversation: { id: `${PAGE}-${PSID}` },
      text: JSON.stringify(echo),
    });
  });

  it('leaves echoes in the standby activity, or treats them as the others', async () => {
    const inside = await activityOf({ standby: [echo] });
    expect(inside).to.include({ type: 'event', name: 'standby' });
    await stage.close();
    stage = await setStage({ options: { translation: { standbyEchoes: 'asEchoes' } } });
    await stage.post({ standby: [text, echo] });
    expect(stage.activities().map(({ name }) => name)).to.deep.equal(['standby', 'echo']);
    await stage.close();
    stage = await setStage({ options: { translation: { standbyEchoes: 'asEchoes', echoes: 'drop' } } });
    await stage.post({ standby: [echo] });
    expect(stage.bot.calls).to.be.empty;
  });

  it('says which lists of an entry it does not forward', async () => {
    stage = await setStage();
    await stage.post({ messaging: [text], messaging_handovers: [{}], changes: [{}] });
    expect(stage.bot.calls).to.have.length(1);
    expect(stage.records.map(({ reason }) => String(reason)).join()).to.match(/messaging_handovers.*changes/);
  });

  it('forwards an echo as a message from the Page when switched, in the conversation of the customer', async () => {
    const activity = await activityOf({ messaging: [echo] }, { translation: { echoes: 'guessedMessage' } });
    expect(activity).to.deep.equal({
      type: 'message',
      ...envelope('m_out_1'),
      from: { id: PAGE },
      recipient: { id: PSID },
      conversation: { id: CONVERSATION },
      text: 'hello',
      channelData: echo,
    });
    expect(stage.records[0]).to.include({ type: 'azureChannel.activitySent', guessed: true });
  });

  it('makes an event of what it does not know', async () => {
    const roles = { recipient: { id: PAGE }, timestamp: NOW, app_roles: { [APP]: ['primary_receiver'] } };
    const activity = await activityOf({ messaging: [roles] });
    expect(activity).to.deep.equal({
      type: 'event',
      ...envelope(`azure-${NOW.toString(36)}-1`),
      recipient: { id: PAGE },
      value: roles,
    });
    expect(stage.records[0]).to.include({ guessed: true });
  });

  const standby = [text, fromCustomer({ message: { mid: 'm_in_9', text: 'hey' } }, OTHER_PSID)];
  const around = { id: PAGE, time: NOW - 50 };
  const shapes = {
    array: { channelData: { ...around, standby }, value: standby },
    standBy: { value: { ...around, standBy: standby } },
    standby: { value: { ...around, standby } },
  };
  for (const standbyShape of ['array', 'standBy', 'standby'] as const) {
    it(`puts all standby items of an entry into one event without any address, in the shape ${standbyShape}`, async () => {
      const activity = await activityOf({ standby }, { translation: { standbyShape } });
      expect(activity).to.deep.equal({
        type: 'event',
        name: 'standby',
        ...envelope(`azure-${NOW.toString(36)}-1`),
        ...shapes[standbyShape],
      });
      expect(stage.records[0]!['conversations']).to.deep.equal([CONVERSATION, `${OTHER_PSID}-${PAGE}`]);
    });
  }

  it('uses the array when nothing is said about standby', async () => {
    expect(await activityOf({ standby })).to.deep.include(shapes.array);
  });

  it('gives standby events an address when switched, and each conversation an event of its own', async () => {
    const spoken = {
      sender: { id: PAGE },
      recipient: { id: PSID },
      message: { mid: 'm_e', is_echo: true, text: 'a person' },
    };
    stage = await setStage({ options: { translation: { standbyAddress: 'present' } } });
    await stage.post({
      standby: [text, fromCustomer({ message: { mid: 'm_in_9', text: 'hey' } }, OTHER_PSID), spoken],
    });
    const other = { from: { id: OTHER_PSID }, recipient: { id: PAGE }, conversation: { id: `${OTHER_PSID}-${PAGE}` } };
    const [one, two] = stage.activities().toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
    expect(one).to.deep.include({ ...other, value: [standby[1]] });
    expect(two).to.deep.include({ ...address, value: [text, spoken] });
    expect(stage.bot.calls).to.have.length(2);
    expect(stage.records[0]).to.include({ guessed: true });
  });

  it('names the members with the first thing that a customer does, when switched', async () => {
    stage = await setStage({ options: { translation: { membersAdded: 'firstMessage' } } });
    await stage.post({ messaging: [text] });
    await stage.post({ messaging: [text] });
    const postback = fromCustomer({ postback: { mid: 'm_p', title: 'Start', payload: 'START' } }, OTHER_PSID);
    await stage.post({ messaging: [postback] });
    expect(stage.activities().map(({ type }) => type)).to.deep.equal([
      ...['conversationUpdate', 'message', 'message'],
      ...['conversationUpdate', 'message'],
    ]);
    expect(stage.activities()[0]).to.deep.include({ ...address, membersAdded: [{ id: PSID }, { id: CONVERSATION }] });
    // With Messenger's item in it, it would look like the message that follows.
    expect(stage.activities()[0]).not.to.have.property('channelData');
  });

  it('makes reactions of reactions when switched', async () => {
    const reaction = { reaction: 'love', emoji: '\u2764', action: 'react', mid: 'm_7' };
    const activity = await activityOf(
      { messaging: [fromCustomer({ reaction })] },
      { translation: { reactionAs: 'messageReaction' } },
    );
    expect(activity).to.deep.equal({
      type: 'messageReaction',
      ...envelope(`azure-${NOW.toString(36)}-1`),
      ...address,
      reactionsAdded: [{ type: 'love' }],
      replyToId: 'm_7',
      channelData: fromCustomer({ reaction }),
    });
    await stage.post({ messaging: [fromCustomer({ reaction: { ...reaction, action: 'unreact' } })] });
    expect(stage.activities().at(-1)).to.deep.include({ reactionsRemoved: [{ type: 'love' }] });
  });

  it('makes one activity of each item of a batch', async () => {
    stage = await setStage();
    await stage.post({ messaging: [text, pass], standby: [text] });
    expect(stage.activities().map(({ type }) => type)).to.deep.equal(['message', 'conversationUpdate', 'event']);
  });

  it('forwards no receipts, and says so', async () => {
    stage = await setStage();
    await stage.post({ messaging: [read, fromCustomer({ delivery: { watermark: 1 } })] });
    expect(stage.bot.calls).to.be.empty;
    expect(stage.records.map(({ reason }) => reason)).to.deep.equal([
      'A read receipt is not forwarded.',
      'A delivery receipt is not forwarded.',
    ]);
  });

  it('forwards receipts as events when switched', async () => {
    const activity = await activityOf({ messaging: [read] }, { translation: { receipts: 'forward' } });
    expect(activity).to.deep.equal({
      type: 'event',
      ...envelope(`azure-${NOW.toString(36)}-1`),
      ...address,
      value: read,
    });
  });

  it('drops echoes when switched', async () => {
    stage = await setStage({ options: { translation: { echoes: 'drop' } } });
    await stage.post({ messaging: [echo] });
    expect(stage.bot.calls).to.be.empty;
  });

  it('ignores strange items, other Pages and other objects, and goes on', async () => {
    stage = await setStage();
    expect(await stage.post({ id: 'another page', messaging: [text] })).to.equal(200);
    expect(await stage.post({ messaging: [null, 7, 'x', text] })).to.equal(200);
    expect(stage.bot.calls).to.have.length(1);
    expect(stage.records.filter(({ type }) => type === 'azureChannel.webhookIgnored')).to.have.length(4);
  });
});
