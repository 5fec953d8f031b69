import type { Activity } from 'botbuilder';
import { expect } from 'chai';
import {
  conversationIdOf,
  facebookEventOf,
  readActivities,
  splitStandby,
  withoutForeignWords,
} from '../../models/facebookActivity.ts';
import { azureFixtures, printable } from '../support/messengerFixtures.ts';
import { strangeValues } from '../support/strangeValues.ts';

function eventsOf(activity: Activity): object[] {
  return splitStandby(activity).flatMap((part) => {
    const event = facebookEventOf(part);
    return event === undefined ? [] : [printable(event)];
  });
}

function standby(more: object): Activity {
  return { type: 'event', name: 'standby', channelId: 'facebook', id: 'a1', ...more } as Activity;
}

const hello = { sender: { id: '76' }, recipient: { id: '10' }, timestamp: 1767225600123, message: { text: 'hello' } };
const there = { ...hello, sender: { id: '77' } };

describe('facebookEventOf', () => {
  for (const [name, { payload, expected }] of azureFixtures()) {
    it(`reads ${name} as Azure's channel sends it`, () => {
      expect(eventsOf(payload)).to.deep.equal(expected);
    });

    it(`hands on the event of ${name} that would be read again, also as the bot gets it`, () => {
      for (const { activity, event, tellsOfSeveral } of readActivities(payload)) {
        expect(event).to.deep.equal(facebookEventOf(activity));
        if (!tellsOfSeveral) expect(facebookEventOf(withoutForeignWords(activity, event))).to.deep.equal(event);
      }
    });
  }

  it('finds nothing in an activity of another channel', () => {
    for (const { payload } of azureFixtures().values()) {
      expect(facebookEventOf({ ...payload, channelId: 'emulator' })).to.equal(undefined);
    }
  });

  it('reads the first item of a standby activity that was not split', () => {
    expect(facebookEventOf(standby({ value: [hello, there] }))).to.include({ kind: 'message', psid: '76' });
  });

  it('prefers the place where each type of activity has its payload', () => {
    const places = { channelId: 'facebook', channelData: { ...hello, read: {}, message: null }, value: hello };
    expect(facebookEventOf({ ...places, type: 'message' })).to.include({ kind: 'read' });
    expect(facebookEventOf({ ...places, type: 'event' })).to.include({ kind: 'message' });
  });

  it('looks at the second place when the first holds nothing that is known', () => {
    const activity = { channelId: 'facebook', type: 'message', channelData: { sender: { id: '76' } }, value: hello };
    expect(facebookEventOf(activity)).to.include({ kind: 'message', text: 'hello' });
  });

  it('takes customer and Page from the activity where the payload names none', () => {
    const channelData = { pass_thread_control: { new_owner_app_id: 12 } };
    const from = { id: '76', name: '' };
    const recipient = { id: '10', name: '' };
    expect(
      facebookEventOf({ channelId: 'facebook', type: 'conversationUpdate', channelData, from, recipient }),
    ).to.include({
      psid: '76',
      pageId: '10',
    });
    const echo = { message: { is_echo: true } };
    expect(facebookEventOf({ channelId: 'facebook', type: 'message', channelData: echo, from, recipient })).to.include({
      psid: '10',
      pageId: '76',
    });
  });

  it('never throws, whatever an activity holds', () => {
    for (const strange of strangeValues()) {
      for (const type of ['message', 'event', 'conversationUpdate', strange]) {
        for (const name of ['standby', strange]) {
          const activity = { channelId: 'facebook', type, name, value: strange, channelData: strange, from: strange };
          const event = facebookEventOf(activity as Partial<Activity>);
          if (type === 'event' && name === 'standby') expect(event).to.have.property('via', 'standby');
        }
      }
    }
  });
});

describe('splitStandby', () => {
  for (const [name, { payload, activities }] of azureFixtures()) {
    if (activities === undefined) {
      it(`leaves ${name} as it is`, () => {
        expect(splitStandby(payload)).to.deep.equal([payload]);
      });
      continue;
    }
    it(`gives each item of ${name} its own sender, recipient, conversation and id`, () => {
      const parts = splitStandby(payload).map(({ id, from, recipient, conversation }) => ({
        id,
        ...((from as unknown) === undefined ? {} : { from: from.id }),
        ...((recipient as unknown) === undefined ? {} : { recipient: recipient.id }),
        ...((conversation as unknown) === undefined ? {} : { conversation: conversation.id }),
      }));
      expect(parts).to.deep.equal(activities);
    });

    it(`changes nothing when it splits ${name} again`, () => {
      const parts = splitStandby(payload);
      expect(parts.flatMap(splitStandby)).to.deep.equal(parts);
    });
  }

  it('puts one item into each activity, in both places and under one name', () => {
    const parts = splitStandby(standby({ value: { id: '10', time: 1767225600123, standBy: [hello, there] } }));
    expect(parts.map(({ value }) => value as unknown)).to.deep.equal([{ standby: [hello] }, { standby: [there] }]);
    expect(parts.map(({ channelData }) => channelData as unknown)).to.deep.equal([
      { id: '10', time: 1767225600123, standby: [hello] },
      { id: '10', time: 1767225600123, standby: [there] },
    ]);
  });

  it('gives the same ids when the same activity comes again, and does not touch what it was given', () => {
    const activity = standby({ value: [hello, there] });
    const before = structuredClone(activity);
    expect(splitStandby(activity)).to.deep.equal(splitStandby(structuredClone(activity)));
    expect(activity).to.deep.equal(before);
  });

  it('keeps the names of the accounts that the activity had already', () => {
    const from = { id: '76', name: 'Anna Example' };
    const parts = splitStandby(standby({ value: [hello, there], from }));
    expect(parts.map((part) => part.from)).to.deep.equal([from, { id: '77', name: '' }]);
  });

  it('uses the second place when the first has an empty list', () => {
    const parts = splitStandby(standby({ value: [], channelData: { standby: [hello] } }));
    expect(parts.map(({ value }) => value as unknown)).to.deep.equal([{ standby: [hello] }]);
  });

  it('keeps a strange item as an activity of its own beside its neighbours', () => {
    const parts = splitStandby(standby({ value: [null, hello] }));
    expect(parts.map((part) => facebookEventOf(part)?.kind)).to.deep.equal(['unsupported', 'message']);
  });

  it('never throws and never loses the activity, whatever it holds', () => {
    for (const strange of strangeValues()) {
      const shapes = [
        { value: strange },
        { value: [strange] },
        { value: { standby: strange } },
        { value: { standBy: [strange, hello] } },
        { channelData: { standby: strange, id: strange, time: strange } },
        { value: [hello], from: strange, recipient: strange, conversation: strange, id: strange },
      ];
      for (const shape of shapes) {
        expect(splitStandby(standby(shape))).to.have.length.at.least(1);
      }
    }
  });
});

describe('conversationIdOf', () => {
  it('is the customer and the Page with a hyphen between', () => {
    expect(conversationIdOf('76', '10')).to.equal('76-10');
  });
});
