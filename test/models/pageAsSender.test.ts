import { expect } from 'chai';
import { messengerActivity } from '../../adapters/messenger/messengerActivity.ts';
import { facebookEventOf } from '../../models/facebookActivity.ts';
import { parseFacebookEvent } from '../../models/parseFacebookEvent.ts';

describe('An item in the name of the Page', () => {
  for (const [name, body] of Object.entries({
    'a notice': { message: { admin_text: 'Meta says' } },
    'nothing that is known': {},
    'a reaction': { reaction: { mid: 'm', action: 'react' } },
  })) {
    it(`names the same customer when it is read from its activity: ${name}`, () => {
      const item = { sender: { id: '10' }, recipient: { id: '76' }, timestamp: 1_767_225_600_000, ...body };
      const event = parseFacebookEvent(item, 'messaging', { pageId: '10' });
      const again = facebookEventOf(messengerActivity(event, () => 'id'));
      expect([event.psid, event.pageId]).to.deep.equal(['76', '10']);
      expect([again?.psid, again?.pageId]).to.deep.equal(['76', '10']);
    });
  }
});
