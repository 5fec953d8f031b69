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
 * The Bot Framework adapter, in two halves: a request is authenticated and stored, and later its turn runs from what was
 * stored. `onTurnError` stays unset on purpose: with it Bot Builder resolves a turn that failed.
 *
 * Built on `CloudAdapter`, which Microsoft names as the successor of `BotFrameworkAdapter`.
 */
export class BotFrameworkTurnAdapter extends CloudAdapter {
  readonly #authentication: HandoverAuthentication;
  readonly #logic: TurnLogic;
  readonly #send: JournaledSend | undefined;

  /** @param send Writes each message down in the turn's journal, so that a turn which runs again sends nothing twice. */
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
        // The SDK gives an empty answer for what the channel answered without an id.
        return { id: (response as Partial<ResourceResponse> | undefined)?.id ?? '' };
      };
      responses.push(staysInside(activity) ? await sendOne() : await send(outgoingActivity(activity), sendOne));
    }
    return responses;
  }

  /** @throws {RequestRefused} when the header is not that of a caller who may speak to this bot */
  identify(authorization: string): Promise<Caller> {
    return this.#authentication.identify(authorization);
  }

  /** @throws {RequestRefused} when the caller may not speak by this activity */
  admit(activity: Activity, caller: Caller): AuthenticateRequestResult {
    return this.#authentication.admit(activity, caller);
  }

  /** Runs the turn of a stored delivery; rejects when the turn fails. */
  async runStoredTurn(turn: string): Promise<void> {
    const { claimsIdentity, activity, audience } = restoreAzureTurn(turn);
    await this.processProactive(claimsIdentity, activity, audience, this.#logic);
  }

  /** Runs a turn whose answer belongs into the HTTP response. */
  runInlineTurn(activity: Activity, authenticated: AuthenticateRequestResult): Promise<InvokeResponse | undefined> {
    return this.processActivity(authenticated, activity, this.#logic);
  }
}

/** Whether the answer to this activity belongs into the HTTP response, so that its turn cannot run later. */
export function needsInlineTurn(activity: Activity): boolean {
  return activity.type === 'invoke' || activity.deliveryMode === (DeliveryModes.ExpectReplies as string);
}
