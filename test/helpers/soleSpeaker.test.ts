import { expect } from 'chai';
import { createSoleSpeaker } from '../../helpers/soleSpeaker.ts';
import type { ThreadOwner } from '../../helpers/threadOwner.ts';

const ours: ThreadOwner = { owner: 'app', appId: '1000' };

function isAlone(owner: ThreadOwner, flags: object | undefined = { hop_v2: false, msgr_multi_app: true }) {
  const graph = { get: async () => ({ id: '10', messaging_feature_status: flags }) };
  return createSoleSpeaker({ graph, threadControl: { getThreadOwner: async () => owner }, appId: '1000' }).isAlone('7');
}

describe('whether nobody else can write to a customer', () => {
  it('is so while the app owns the thread on a Page with Conversation Routing', async () => {
    expect(await isAlone(ours)).to.equal(true);
  });

  it('is not so while somebody else owns it, or nobody', async () => {
    for (const owner of [{ owner: 'app', appId: '2000' }, { owner: 'other' }, { owner: 'idle' }] as const) {
      expect(await isAlone(owner), owner.owner).to.equal(false);
    }
  });

  it('is not so on other Pages, where an owner keeps nobody from writing', async () => {
    expect(await isAlone(ours, { hop_v2: true, msgr_multi_app: false })).to.equal(false);
    expect(await isAlone(ours, {})).to.equal(false);
  });
});
