import { expect } from 'chai';
import { startPage, type PageUnderTest } from '../pageUnderTest.ts';

/** Calls that clients of others make and that Meta takes: what the emulator does not have it says so, and calls nothing invalid. */
describe('calls of foreign clients', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    await page.emulator.settled();
  });
  afterEach(() => page.close());

  const notModelled = (): readonly string[] =>
    page.emulator.events().flatMap((event) => (event.type === 'notModelled' ? [event.what] : []));

  const recipients = { one_time_notif_token: 'made-up' };
  for (const [name, value] of Object.entries(recipients)) {
    it(`are not modelled with a recipient by ${name}`, async () => {
      const recipient = { [name]: value };
      const { status, body } = await page.graph(0, 'POST', '/messages', { recipient, message: { text: 'x' } });
      expect([status, body.error?.['code']]).to.deep.equal([400, 100]);
      expect(body.error?.['message']).to.contain('does not model').and.to.contain(name);
      expect(notModelled()).to.deep.equal([`A recipient by ${name} is not modelled.`]);
    });
  }

  it('subscribe to fields of every product that a Page has, and to none that it has not', async () => {
    const fields =
      'messages,messaging_postbacks,messaging_feedback,messaging_optouts,feed,inbox_labels,live_videos,videos,ratings,leadgen,standby';
    const { status } = await page.graph(0, 'POST', '/subscribed_apps', { subscribed_fields: fields });
    expect(status).to.equal(200);
    expect(page.emulator.account(page.ids[0]).pageFields).to.deep.equal(fields.split(','));
    const { body } = await page.graph(0, 'POST', '/subscribed_apps', { subscribed_fields: 'messages,live_video' });
    expect(body.error?.['message']).to.contain('subscribed_fields[1]');
  });

  const tagged = async (tag: string): Promise<unknown> => {
    const message = { message: { text: 'x' }, messaging_type: 'MESSAGE_TAG', tag };
    return (await page.post(0, 'messages', message)).body.error?.['message'];
  };
  for (const tag of ['ACCOUNT_UPDATE', 'CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE', 'SHIPPING_UPDATE']) {
    it(`are refused the retired tag ${tag} as Meta does`, async () => {
      expect(await tagged(tag)).to.equal('(#100) Invalid parameter');
      const refused = page.emulator.events().findLast(({ type }) => type === 'refused');
      expect(refused).to.include({ because: `${tag} is no longer a tag.`, guessed: false });
    });
  }

  it('are told that the tag of the feedback template is not modelled: Meta has not written that it ended', async () => {
    expect(await tagged('CUSTOMER_FEEDBACK'))
      .to.contain('does not model')
      .and.not.to.contain('no longer');
  });

  it('are told of a tag that never was one that there is none', async () => {
    expect(await tagged('NO_SUCH_TAG')).to.equal('(#100) Invalid tag.');
    expect(await tagged('HUMAN_AGENT')).to.equal(undefined);
  });

  for (const version of ['v27.0', 'v26.0', 'v2.6', undefined]) {
    it(`are served in version ${version ?? 'that they do not name'}`, async () => {
      const [path, token] = [version === undefined ? '' : `/${version}`, page.emulator.apps[0]!.pageToken];
      const response = await fetch(`${page.emulator.url}${path}/me?access_token=${token}`);
      expect(response.status).to.equal(200);
    });
  }
});
