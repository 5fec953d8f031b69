import { expect } from 'chai';
import type { Effect, Reconciliation } from '../../../turns/journal/effect.ts';
import type { OutgoingMessage, SentResult } from '../../../turns/journal/outgoingMessage.ts';
import { createJournaledSend } from '../../../turns/journal/journaledSend.ts';
import { outgoingActivity } from '../../../adapters/azure/outgoingActivity.ts';
import { createTurnScopes, TurnScope } from '../../../turns/turnScope.ts';
import { event } from '../../contracts/storeContract.ts';
import { connectorRefusal } from '../../support/botStage.ts';

/** The effect that a message comes to, without doing it. */
async function effectOf(message: OutgoingMessage, known: Reconciliation<SentResult>): Promise<Effect<SentResult>> {
  let effect: Effect<SentResult> | undefined;
  const scopes = createTurnScopes();
  const send = createJournaledSend({
    journal: {
      perform: (given) => {
        effect = given as unknown as Effect<SentResult>;
        return given.perform('once-1');
      },
    },
    scopes,
    reconcile: () => Promise.resolve(known),
  });
  const scope = new TurnScope({ id: 1, event: event('1', 'facebook 108 7004'), journal: [] });
  await scopes.run(scope, () => send(message, async () => ({ id: 'm_1' })));
  return effect!;
}

const attachment = { contentType: 'image/png', contentUrl: 'https://example.com/a.png' };
const found: Reconciliation<SentResult> = { state: 'done', result: { id: 'm_1' } };
const begun = { correlationId: 'once-1', at: 0 };
const rateLimited = connectorRefusal(400, 'SendActivityToUserAsync FAILED: {"error":{"code":613}}');

describe('a message on its way through the journal', () => {
  it('counts as sent when it was found', async () => {
    const effect = await effectOf(outgoingActivity({ type: 'message', text: 'hello' }), found);
    expect(await effect.reconcile!(begun)).to.deep.equal(found);
    expect(effect.failureOf(rateLimited)).to.equal('refused');
  });

  it('of which Azure makes several is not known as a whole when a part of it was found', async () => {
    const several = [
      { type: 'message', text: 'hello', attachments: [attachment] },
      { type: 'message', attachments: [attachment, attachment] },
      { type: 'message', text: 'hello', channelData: { attachment: { type: 'template' } } },
    ];
    for (const activity of several) {
      const effect = await effectOf(outgoingActivity(activity), found);
      expect(await effect.reconcile!(begun), JSON.stringify(activity)).to.deep.equal({ state: 'unknown' });
      // The first part may have been taken before the limit was reached.
      expect(effect.failureOf(rateLimited)).to.equal('unknown');
      expect(effect.failureOf(connectorRefusal(429))).to.equal('refused');
    }
    const absent = await effectOf(outgoingActivity(several[0]!), { state: 'absent' });
    expect(await absent.reconcile!(begun)).to.deep.equal({ state: 'absent' });
  });

  it('is one message with one attachment and no words', async () => {
    const effect = await effectOf(outgoingActivity({ type: 'message', attachments: [attachment] }), found);
    expect(await effect.reconcile!(begun)).to.deep.equal(found);
  });

  it('is told from others by everything but what changes with every run', () => {
    const message = { type: 'message', text: 'hello', id: 'a', timestamp: new Date(1), localTimestamp: new Date(2) };
    expect(outgoingActivity(message).content).to.deep.equal({ type: 'message', text: 'hello' });
  });

  it('may be sent twice when it is a typing indicator', async () => {
    const effect = await effectOf(outgoingActivity({ type: 'typing' }), found);
    expect(effect).to.include({ repetition: 'safe' });
    expect(effect).to.not.have.property('reconcile');
  });
});
