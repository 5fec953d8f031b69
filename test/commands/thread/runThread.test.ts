import { expect } from 'chai';
import { runThread } from '../../../commands/thread/runThread.ts';
import type { Emulator } from '../../../emulator/emulator.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';
import type { Mode } from '../../../emulator/startPlatform.ts';
import { recordingTerminal } from '../../support/recordingTerminal.ts';
import { scriptedGraph } from '../../support/scriptedGraph.ts';
import { testSettings } from '../../support/testSettings.ts';

const inbox = '263902037430900';

describe('npm run thread', () => {
  let emulator: Emulator;
  let psid: string;
  let primary: Emulator['apps'][number];
  let secondary: Emulator['apps'][number];

  async function start(mode: Mode): Promise<void> {
    emulator = await startEmulator({ mode });
    [primary, secondary] = [emulator.apps[0]!, emulator.apps[1]!];
    psid = emulator.customers[0]!;
    emulator.customer().say('hi');
  }
  afterEach(() => emulator.close());

  async function run(args: readonly string[], app = primary, env: Record<string, string> = {}) {
    const terminal = recordingTerminal();
    const settings = (): ReturnType<typeof testSettings> =>
      testSettings({
        GraphApiBaseUrl: emulator.graphBaseUrl,
        FacebookAppId: app.id,
        FacebookPageToken: app.pageToken,
        FacebookAppSecret: app.appSecret,
        ...env,
      });
    const code = await runThread(args, { terminal, readSettings: settings });
    return { code, printed: terminal.printed.join('\n'), complained: terminal.complained.join('\n') };
  }
  const json = async (args: readonly string[], app = primary): Promise<unknown> =>
    JSON.parse((await run([...args, '--json'], app)).printed);
  const ownerNow = (): string | null | undefined => emulator.state().threads[psid]?.owner;

  describe('in mode classic', () => {
    beforeEach(() => start('classic'));

    it('moves a conversation to the secondary bot and back, telling the owner each time', async () => {
      const passed = await run(['pass', psid, '--to', secondary.id, '--metadata', 'please help']);
      expect(passed).to.deep.equal({
        code: 0,
        printed: `Control of ${psid} was passed to app ${secondary.id}.`,
        complained: '',
      });
      expect(ownerNow()).to.equal(secondary.id);
      expect((await run(['owner', psid], secondary)).printed).to.equal(
        `The thread of ${psid} is owned by this app (${secondary.id}).`,
      );
      expect(await json(['pass', psid], secondary)).to.deep.equal({ command: 'pass', userId: psid, done: true });
      expect(ownerNow()).to.equal(primary.id);
    });

    it('hands the metadata to the call', async () => {
      await run(['pass', psid, '--to', secondary.id, '--metadata', 'please help']);
      const calls = emulator.events().filter(({ type }) => type === 'graphCall');
      expect(JSON.stringify(calls)).to.contain('"metadata":"please help"');
    });

    it('passes to the Page Inbox by its name, and takes the thread back', async () => {
      expect((await run(['pass', psid, '--to', 'inbox'])).printed).to.equal(
        `Control of ${psid} was passed to the Page Inbox (${inbox}).`,
      );
      expect(ownerNow()).to.equal(inbox);
      expect(await json(['take', psid])).to.deep.equal({ command: 'take', userId: psid, done: true });
      expect(ownerNow()).to.equal(primary.id);
    });

    it('asks for control', async () => {
      expect(await run(['request', psid, '--metadata', 'please'], secondary)).to.deep.equal({
        code: 0,
        printed: `Control of ${psid} was requested; the owner may pass it or not.`,
        complained: '',
      });
      expect(ownerNow()).to.equal(primary.id);
    });

    it('lists the secondary receivers', async () => {
      const { code, printed } = await run(['secondary-receivers']);
      expect(code).to.equal(0);
      expect(printed).to.contain(`${secondary.id}  secondary`);
      const answer = (await json(['secondary-receivers'])) as { receivers: { id: string }[] };
      expect(answer.receivers.map(({ id }) => id)).to.include(secondary.id);
    });

    it('says who was refused and why, and ends with 1', async () => {
      const refused = await run(['take', psid], secondary);
      expect([refused.code, refused.printed]).to.deep.equal([1, '']);
      expect(refused.complained).to.contain('The Graph API refused the call');
      const machine = await run(['take', psid, '--json'], secondary);
      expect(JSON.parse(machine.complained)).to.have.nested.property('error.kind', 'refused');
      expect(ownerNow()).to.equal(primary.id);
    });
  });

  describe('in mode routing', () => {
    beforeEach(() => start('routing'));

    it('tells an owner by its id, an owner that Meta hides, and until when', async () => {
      await run(['take', psid]);
      expect((await run(['owner', psid])).printed).to.match(/is owned by this app \(\d+\) until \d{4}-.*Z\.$/);
      expect((await run(['owner', psid], secondary)).printed).to.match(
        /is owned until \d{4}-\S*Z by another app, which Meta does not name\.$/,
      );
      const answer = await json(['owner', psid], secondary);
      expect(answer).to.include({ command: 'owner', userId: psid, owner: 'other' });
    });

    it('releases control', async () => {
      await run(['take', psid]);
      expect(await json(['release', psid])).to.deep.equal({ command: 'release', userId: psid, done: true });
      expect(ownerNow()).to.equal(null);
      expect((await run(['owner', psid])).printed).to.equal(`Nobody owns the thread of ${psid}: it is idle.`);
    });

    it('keeps control for days', async () => {
      await run(['take', psid]);
      const before = emulator.state().threads[psid]?.expiresAt ?? 0;
      expect(await json(['extend', psid, '--days', '7'])).to.deep.equal({
        command: 'extend',
        userId: psid,
        done: true,
        seconds: 604_800,
      });
      expect(emulator.state().threads[psid]?.expiresAt).to.be.greaterThan(before);
    });

    it('says that a request is refused while there is a default app', async () => {
      const { code, complained } = await run(['request', psid], secondary);
      expect(code).to.equal(1);
      expect(complained).to.contain('only supported when no default application is set');
    });

    it('prints no token and no app secret, whatever happens', async () => {
      emulator.injectFault({ fault: 'invalidToken', times: 3 });
      const all = [await run(['owner', psid]), await run(['take', psid, '--json']), await run(['nonsense'])];
      const text = JSON.stringify(all);
      for (const secret of [primary.pageToken, primary.appSecret]) expect(text).not.to.contain(secret);
    });

    it('says that the outcome is unknown when no answer came', async () => {
      const graph = await scriptedGraph('reset', 'reset');
      try {
        const { code, complained } = await run(['request', psid], primary, { GraphApiBaseUrl: graph.url });
        expect(code).to.equal(1);
        expect(complained).to.contain('Whether the call took effect is unknown.');
        expect(graph.calls).to.have.length(1);
      } finally {
        await graph.close();
      }
    });
  });

  describe('with arguments that cannot be meant', () => {
    beforeEach(() => start('routing'));
    const mistakes: Record<string, readonly string[]> = {
      'a command that does not exist': ['steal', '7'],
      'an option that does not exist': ['owner', '7', '--loud'],
      'an option of another command': ['owner', '7', '--metadata', 'x'],
      'no customer': ['take'],
      'a customer that is no id': ['take', 'Carla'],
      'a second customer': ['take', '7', '8'],
      'a target that is no app id': ['pass', '7', '--to', 'primary'],
      'extend without days': ['extend', '7'],
      'extend for more than seven days': ['extend', '7', '--days', '8'],
      'a word behind secondary-receivers': ['secondary-receivers', '7'],
      'metadata longer than Meta takes': ['take', '7', '--metadata', 'x'.repeat(2001)],
    };
    for (const [what, args] of Object.entries(mistakes)) {
      it(`refuses ${what} with 2 and calls nobody`, async () => {
        const { code, printed, complained } = await run(args);
        expect([code, printed]).to.deep.equal([2, '']);
        expect(complained).not.to.equal('');
        expect(emulator.events().filter(({ type }) => type === 'graphCall')).to.deep.equal([]);
      });
    }

    it('shows its usage without any, and when asked', async () => {
      for (const args of [[], ['--help'], ['pass', '-h']]) {
        const { code, printed } = await run(args);
        expect(code).to.equal(0);
        expect(printed).to.contain('Usage: npm run thread');
      }
    });

    it('ends with 2 when the settings are wrong or have no token', async () => {
      const wrong = await run(['owner', psid], primary, { FacebookAppId: 'x' });
      expect(wrong.code).to.equal(2);
      expect(wrong.complained).to.contain('FacebookAppId');
      const none = await run(['owner', psid], primary, { FacebookPageToken: '', FacebookAppId: '' });
      expect(none.code).to.equal(2);
      expect(none.complained).to.contain('are not set');
    });
  });
});
