import { deepStrictEqual } from 'node:assert';
import { hostsOf, redirectHosts } from '../../emulator/redirect/redirectHosts.js';
import { startEmulator } from '../../emulator/startEmulator.ts';

const inbox = '263902037430900';

/**
 * Plays a handover with every call that a client has for it, and prints what it was answered.
 *
 * @param {import('./foreignClient.js').ForeignClients} clients
 * @param {string} folder where the packages are installed
 */
export async function playEveryCall({ name, clientFor }, folder) {
  const emulator = await startEmulator({ mode: 'classic' });
  const undo = redirectHosts(hostsOf({ graph: emulator.url, azure: emulator.url }));
  try {
    const [primary, secondary] = emulator.apps;
    if (primary === undefined || secondary === undefined) throw new Error('The emulator has two apps.');
    const psid = emulator.customer().psid;
    const one = clientFor({ folder, url: emulator.url, token: primary.pageToken, appSecret: primary.appSecret });
    const other = clientFor({ folder, url: emulator.url, token: secondary.pageToken, appSecret: secondary.appSecret });
    const owner = () => emulator.state().threads[psid]?.owner;

    /**
     * @param {string} what
     * @param {Promise<unknown>} call
     * @param {unknown} [expected]
     */
    const step = async (what, call, expected) => {
      const answer = await call;
      process.stdout.write(`${name.padEnd(32)}${what.padEnd(34)}${JSON.stringify(answer)}\n`);
      if (expected !== undefined) deepStrictEqual(answer, expected, what);
    };

    emulator.customer().say('hi');
    await step('send text', one.sendText(psid, 'Hello'));
    await step('send quick replies', one.sendQuickReplies(psid, 'Choose', [{ title: 'One', payload: 'ONE' }]));
    emulator.customer().tap('One');
    await step('send an image by its address', one.sendImage(psid, 'https://example.com/cat.png'));
    await step('secondary receivers', one.secondaryReceivers(), [secondary.id, inbox]);
    await step('pass thread control', one.pass(psid, secondary.id, 'yours'), true);
    deepStrictEqual(owner(), secondary.id);
    await step('thread owner', one.threadOwner(psid), secondary.id);
    await step('take thread control', one.take(psid, 'mine'), true);
    deepStrictEqual(owner(), primary.id);
    await step('request thread control', other.request(psid, 'please'), true);
    await step('pass to the Page Inbox', one.pass(psid, inbox), true);
    deepStrictEqual(owner(), inbox);

    emulator.setMode('routing');
    await step(
      'send while another one owns',
      one.sendText(psid, 'x').then(() => 'sent', one.codesOf),
      [10, 2018300],
    );
    emulator.advanceClock(86_400_000);
    emulator.customer().say('again');
    await step('thread owner in routing', one.threadOwner(psid), primary.id);

    const edges = emulator.events().filter(({ type }) => type === 'graphCall').length;
    const strange = emulator.events().filter(({ type }) => type === 'notModelled' || type === 'internalError');
    deepStrictEqual(strange, []);
    process.stdout.write(`${name.padEnd(32)}${edges} calls of Graph, none of them unknown\n\n`);
  } finally {
    undo();
    await emulator.close();
  }
}
