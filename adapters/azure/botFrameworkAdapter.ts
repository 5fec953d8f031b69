import {
  CloudAdapter,
  DeliveryModes,
  type Activity,
  type InvokeResponse,
  type ResourceResponse,
  type TurnContext,
} from 'botbuilder';
import type { AuthenticateRequestResult } from 'botframework-connector';
import type { Caller, HandoverAuthentication } from './botFrameworkAuthentication.ts';
import type { JournaledSend } from '../../turns/journal/outgoingMessage.ts';
import { outgoingActivity, staysInside } from './outgoingActivity.ts';
import type { TurnLogic } from '../../turns/turnLogic.ts';
import { restoreAzureTurn } from './azureTurn.ts';

/**
 * The Bot Framework adapter, in two halves: a request is authenticated and stored; later its turn runs from the store.
 * `onTurnError` stays unset on purpose: with it, Bot Builder resolves turns that failed.
 *
 * Built on `CloudAdapter`, Microsoft's successor to `BotFrameworkAdapter`.
 */
export class BotFrameworkTurnAdapter extends CloudAdapter {
  readonly #authentication: HandoverAuthentication;
  readonly #logic: TurnLogic;
  readonly #send: JournaledSend | undefined;

  /** @param send Records each message in the turn's journal, so that a repeated turn sends nothing twice. */
  constructor(authentication: HandoverAuthentication, logic: TurnLogic, send?: JournaledSend) {
    super(authentication);
    this.#authentication = authentication;
    this.#logic = logic;
    this.#send = send;
  }

  override async sendActivities(context: TurnContext, activities: Partial<Activity>[]): Promise<ResourceResponse[]> {
    const send = this.#send;
    if (send === undefined) return super.sendActivities(context, activities);
    const responses: ResourceResponse[] = [];
    for (const activity of activities) {
      const sendOne = async () => {
        const [response] = await super.sendActivities(context, [activity]);
        // If the channel answers without an id, the SDK returns nothing.
        return { id: (response as Partial<ResourceResponse> | undefined)?.id ?? '' };
      };
      responses.push(staysInside(activity) ? await sendOne() : await send(outgoingActivity(activity), sendOne));
    }
    return responses;
  }

  /** @throws {RequestRefusedError} if the header does not identify a caller that may talk to this bot */
  identify(authorization: string): Promise<Caller> {
    return this.#authentication.identify(authorization);
  }

  /** @throws {RequestRefusedError} if the caller may not send this activity */
  admit(activity: Activity, caller: Caller): AuthenticateRequestResult {
    return this.#authentication.admit(activity, caller);
  }

  /** Runs the turn of a stored event. Rejects if the turn fails. */
  async runStoredTurn(turn: string, logic = this.#logic): Promise<void> {
    const { claimsIdentity, activity, audience } = restoreAzureTurn(turn);
    await this.processProactive(claimsIdentity, activity, audience, logic);
  }

  /** Runs a turn whose result is the HTTP response. */
  runInlineTurn(activity: Activity, authenticated: AuthenticateRequestResult): Promise<InvokeResponse | undefined> {
    return this.processActivity(authenticated, activity, this.#logic);
  }
}

/** Whether the HTTP response is the answer to this activity, so that its turn cannot run later. */
export function needsInlineTurn(activity: Activity): boolean {
  return activity.type === 'invoke' || activity.deliveryMode === (DeliveryModes.ExpectReplies as string);
}
