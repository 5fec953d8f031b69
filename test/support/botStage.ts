import { type Activity, BotAdapter, type ResourceResponse, TurnContext } from 'botbuilder';
import type { ThreadControl } from '../../helpers/facebookThreadControlHelper.ts';
import { createRecordingLogger } from './recordingLogger.ts';

/**
 * A stage for one bot: an adapter and thread control that write everything the bot does into one list, in order, so that
 * "speak first, then pass" can be seen.
 *
 * Lines are `say <text>`, `say <text> [choice | choice]`, and for thread control `pass <psid> to <app> "<metadata>"`,
 * `take …`, `request …`, `owner of <psid>`, `secondary receivers`.
 */
export class BotStage {
  readonly lines: string[] = [];
  /** Errors by the first word of a line: what Graph or the channel answers to it. */
  readonly failures: { [command: string]: Error | undefined } = {};
  owner: Awaited<ReturnType<ThreadControl['getThreadOwner']>> = { owner: 'idle' };
  receivers: Awaited<ReturnType<ThreadControl['getSecondaryReceivers']>> = [];

  readonly adapter = new RecordingAdapter((sent) => this.#did(sent));

  readonly logger = createRecordingLogger();

  readonly threadControl: ThreadControl = {
    passThreadControl: async (user, app, metadata) =>
      this.#did(`pass ${user} to ${app ?? 'nobody named'}${quoted(metadata)}`),
    takeThreadControl: async (user, metadata) => this.#did(`take ${user}${quoted(metadata)}`),
    requestThreadControl: async (user, metadata) => this.#did(`request ${user}${quoted(metadata)}`),
    releaseThreadControl: async (user) => this.#did(`release ${user}`),
    extendThreadControl: async (user) => this.#did(`extend ${user}`),
    getThreadOwner: async (user) => {
      this.#did(`owner of ${user}`);
      return this.owner;
    },
    getSecondaryReceivers: async () => {
      this.#did('secondary receivers');
      return this.receivers;
    },
  };

  /** Runs a turn of the bot with the activity, and gives what the bot did in it. An error of the bot rejects. */
  async play(bot: { run(context: TurnContext): Promise<void> }, activity: Activity): Promise<string[]> {
    const before = this.lines.length;
    await this.adapter.turn(activity, (context) => bot.run(context));
    return this.lines.slice(before);
  }

  levelsOfLog(): string[] {
    return this.logger.lines.map(({ level }) => level);
  }

  #did(line: string): void {
    this.lines.push(line);
    const failure = this.failures[line.split(' ', 1)[0] ?? ''];
    if (failure !== undefined) throw failure;
  }
}

/** An adapter without a network: what the bot sends goes into a function. */
class RecordingAdapter extends BotAdapter {
  readonly #sent: (line: string) => void;

  constructor(sent: (line: string) => void) {
    super();
    this.#sent = sent;
  }

  async turn(activity: Activity, logic: (context: TurnContext) => Promise<void>): Promise<void> {
    await this.runMiddleware(new TurnContext(this, activity), logic);
  }

  override async sendActivities(_context: TurnContext, activities: Partial<Activity>[]): Promise<ResourceResponse[]> {
    return activities.map(({ conversation, text, suggestedActions }, index) => {
      // As every channel does: without a conversation there is nowhere to send to.
      if (conversation?.id === undefined) throw new Error('The activity has no conversation.');
      const titles = suggestedActions?.actions.map(({ title }) => title) ?? [];
      this.#sent(`say ${text ?? ''}${titles.length === 0 ? '' : ` [${titles.join(' | ')}]`}`);
      return { id: String(index) };
    });
  }

  override async updateActivity(): Promise<void> {
    throw new Error('Messenger cannot change a message.');
  }

  override async deleteActivity(): Promise<void> {
    throw new Error('Messenger cannot delete a message.');
  }

  override async continueConversation(): Promise<void> {
    throw new Error('There is nothing proactive here.');
  }
}

function quoted(metadata: string | undefined): string {
  return metadata === undefined ? '' : ` "${metadata}"`;
}

/** What Bot Builder throws when Bot Connector, and so Azure's channel, answers a message with this status. */
export function connectorRefusal(statusCode: number, message = 'The channel refused the message.'): Error {
  return Object.assign(new Error(message), { name: 'RestError', statusCode });
}
