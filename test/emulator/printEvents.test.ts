import { expect } from 'chai';
import { printEvents } from '../../emulator/printEvents.ts';
import { startPlatform, type AzurePlatform } from '../../emulator/startPlatform.ts';

describe('printEvents', () => {
  let platform: AzurePlatform;
  const lines: string[] = [];
  /** The lines without the ids in front. */
  const told = (): string[] => lines.map((line) => line.replace(/^ *\d+ {2}/, ''));

  beforeEach(async () => {
    lines.length = 0;
    platform = await startPlatform();
    // Port 9 of this machine: nothing listens there.
    const botUrls = new Map(platform.bots.map(({ app }) => [app.id, 'http://127.0.0.1:9']));
    for (const { connect } of platform.bots) await connect('http://127.0.0.1:9');
    printEvents(platform, botUrls, (line) => lines.push(line));
  });

  afterEach(async () => platform.close());

  it('tells what a customer says, who gets the thread and the webhook, and that the bot cannot be reached', async () => {
    platform.emulator.customer().say('hi');
    await platform.emulator.settled();
    expect(told()).to.include.members([
      'Carla Customer says "hi"',
      'The thread of Carla Customer moves from nobody to primary: the customer wrote',
      'Messenger sends message to primary on messaging',
      'Azure sends activity message to primary: it cannot be reached [http://127.0.0.1:9/api/messages]',
    ]);
  });

  it('prints nothing of others that moves a cursor, whatever field it stands in', async () => {
    const wild = 'a\u001b]0;owned\u0007\u009b2J\u202eb';
    const { emulator } = platform;
    const psid = emulator.addCustomer({ name: wild });
    emulator.customer(psid).say(wild);
    emulator.customer(psid).postback({ title: wild, payload: wild });
    emulator.changeAccount(emulator.apps[0]!.id, { pageFields: [wild] });
    emulator.trace({ type: 'azureChannel.tokenRefused', clientId: wild, error: wild });
    await emulator.settled();
    expect(lines.length).to.be.above(5);
    expect(lines.filter((line) => /[\p{Cc}\p{Cf}]/u.test(line))).to.deep.equal([]);
  });

  it('has the ids of the events in front, so that they can be looked up', () => {
    platform.emulator.customer().say('hi');
    const said = platform.emulator.events().find(({ type }) => type === 'customerMessage')!;
    expect(lines).to.include(`${String(said.id).padStart(5)}  Carla Customer says "hi"`);
  });

  it('tells calls of Graph and why they are refused', async () => {
    const { emulator } = platform;
    const [primary, secondary] = emulator.apps;
    const psid = emulator.customers[0]!;
    emulator.customer().say('hi');
    const call = (token: string, edge: string, body: object): Promise<Response> =>
      fetch(`${emulator.url}/v26.0/me/${edge}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await call(secondary!.pageToken, 'messages', { recipient: { id: psid }, message: { text: 'me too' } });
    await call(primary!.pageToken, 'messages', { recipient: { id: psid }, message: { text: 'hello' } });
    await call(primary!.pageToken, 'pass_thread_control', { recipient: { id: psid }, target_app_id: secondary!.id });
    await emulator.settled();
    expect(told()).to.include.members([
      'primary says "hello"',
      'primary calls pass_thread_control to secondary → ok',
      'The thread of Carla Customer moves from primary to secondary: passed on',
    ]);
    expect(told().join('\n')).to.match(
      /^secondary calls messages "me too" → refused: 400, code 10, subcode 2018300\. Why: \(#10\) /m,
    );
    expect(told().join('\n')).to.match(/^Messenger refuses \w+ by secondary\. Why: /m);
    expect(told().join('\n')).not.to.contain(primary!.pageToken).and.not.contain('primary calls messages');
  });

  it('tells what an agent in the Page Inbox does', () => {
    platform.emulator.customer().say('hi');
    platform.emulator.inbox().reply('Ana here');
    platform.emulator.inbox().markAsDone();
    expect(told()).to.include.members(['Page Inbox says "Ana here"', 'An agent clicks "Mark as done"']);
  });

  it('tells of a webhook whose callback cannot be reached, and where', async () => {
    const { emulator } = platform;
    const app = emulator.apps[0]!;
    await emulator.registerWebhook(app.id, {
      callbackUrl: platform.azure.webhookOf(platform.bots[0]!.settings['MicrosoftAppId']!).callbackUrl,
      verifyToken: app.verifyToken,
    });
    await platform.azure.close();
    emulator.customer().say('hi');
    await emulator.settled();
    expect(told().join('\n')).to.match(
      /^Messenger sends message to primary on messaging \(failed\)\. Why: The callback could not be reached\. \[http:\/\/127\.0\.0\.1:\d+\/facebook\/\S+\]$/m,
    );
  });

  it('lets nothing through that moves the cursor of a terminal, and shortens long texts', () => {
    platform.emulator.customer().say(`a\u001b[2Jb\u009b1A\n${'x'.repeat(500)}`);
    const line = told().find((one) => one.startsWith('Carla Customer says'))!;
    expect(line).not.to.match(/\p{Cc}/u);
    expect(line).to.have.length.below(250);
  });

  it('is silent once it is ended', () => {
    const stop = printEvents(platform, new Map(), () => expect.fail('it still prints'));
    stop();
    platform.emulator.customer().say('hi');
    expect(told()).to.include('Carla Customer says "hi"');
  });
});
