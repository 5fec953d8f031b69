import type { TurnContext } from 'botbuilder';
import type { TakeThreadControlEvent } from '../../models/facebookEvent.ts';
import { HandoverBot, type HandoverBotOptions } from './handoverBot.ts';
import { phrases, withMetadata } from './handoverWording.ts';

/**
 * The bot of a secondary receiver. It answers while it owns a thread, hands it back, and asks for it when the customer
 * says so to the primary bot.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol
 */
export class SecondaryBot extends HandoverBot {
  constructor(options: HandoverBotOptions) {
    super('Secondary bot', options);

    this.onChoice(phrases.passToPrimary, (context, choice) => this.#passToPrimary(context, choice));
    // This one is for the primary bot, which hears it on standby and takes control.
    this.onChoice(phrases.haveControlTaken, () => Promise.resolve());
    this.onStandbyPhrase(phrases.receiveRequest, (threadControl, psid) =>
      threadControl.requestThreadControl(psid, 'give me control'),
    );
    this.onStandbyPhrase(phrases.receiveNiceRequest, (threadControl, psid) =>
      threadControl.requestThreadControl(psid, 'please'),
    );
  }

  async #passToPrimary(context: TurnContext, choice: string): Promise<void> {
    await this.moveThread(context, 'Thread control could not be passed', async (threadControl) => {
      const goes = 'The thread goes back to the primary receiver now.';
      if ((await this.say(context, goes)) === 'suppressed') return;
      // A secondary receiver names no target: Messenger knows who the primary receiver (or default app) is.
      await threadControl.passThreadControl(context.activity.from.id, undefined, choice);
    });
  }

  /** Says who took the thread and from whom: only the classic protocol lets the former owner say so. */
  protected override async threadTaken(event: TakeThreadControlEvent, context: TurnContext): Promise<void> {
    const { previousOwnerAppId, newOwnerAppId, metadata } = event;
    const isOwnTake = newOwnerAppId !== undefined && newOwnerAppId === this.appId;
    if (isOwnTake || this.isAnotherReceiver(previousOwnerAppId)) {
      this.logger.debug({ previousOwner: previousOwnerAppId }, 'Thread control was not taken from this bot.');
      return;
    }
    const taker = newOwnerAppId === undefined ? '' : ` by ${this.nameOf(newOwnerAppId)}`;
    const previous = previousOwnerAppId === undefined ? 'not named' : this.nameOf(previousOwnerAppId);
    await this.sayIfAllowed(
      context,
      `Thread control was taken${taker}${withMetadata(metadata)}. The previous owner was ${previous}. Write something to go on.`,
    );
  }
}
