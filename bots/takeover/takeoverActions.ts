import type { Storage, TurnContext } from 'botbuilder';
import { BotThreadControl } from '../../helpers/botThreadControl.ts';
import type { BotTimers } from '../../helpers/botTimers.ts';
import type { ThreadControl } from '../../helpers/facebookThreadControlHelper.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { ThreadControlUnavailableError } from '../../helpers/threadControlUnavailableError.ts';
import { conversationKey } from '../../models/conversationKey.ts';
import { isInbox } from '../../models/metaReceivers.ts';
import { guardOf } from '../ownershipGuard.ts';
import { because, becauseNoPageToken } from '../refusalsInWords.ts';
import { ThreadNotes, type EarlierNote, type Thread } from '../threadNotes.ts';
import { passMetadata } from './context.ts';
import type { HookName, TakeoverAction, TakeoverEvent } from './decision.ts';
import type { Handover, ThreadRecord } from './record.ts';
import { deskReceiver, isPassed, type TakeoverRules } from './rules.ts';
import { messageFor, speak } from './speaking.ts';
import type { TakeoverWatcher } from './takeoverWatcher.ts';

/** What of `BotParts` a takeover needs. Without timers and a clock it goes by the events that it sees. */
export interface TakeoverParts {
  readonly threadControl?: ThreadControl | undefined;
  readonly notes: Storage;
  readonly logger: Logger;
  readonly appId: string | undefined;
  readonly timers?: BotTimers | undefined;
  readonly now?: (() => number) | undefined;
  readonly lastWordOfOthers?: ((pageId: string, psid: string) => Promise<number | undefined>) | undefined;
  readonly hearsOthers?: ((pageId: string) => Promise<boolean>) | undefined;
  /** What an earlier version of the bot kept in place of the records. */
  readonly earlier?: readonly EarlierNote<ThreadRecord>[] | undefined;
  readonly watchers?: readonly TakeoverWatcher[] | undefined;
}

type PassAction = Extract<TakeoverAction, { do: 'pass' }>;
type Hook = (handover: Handover, context: TurnContext, text: string | undefined) => Promise<void>;
export type Hooks = Readonly<Record<HookName, Hook[]>>;

/** The one timer that a conversation has for this. */
export const takeoverTimer = 'messengerHandover/takeover';

/** Refusals that pass: the turn runs again, and then the call may go well. */
const passing: ReadonlySet<string> = new Set<GraphApiError['reason']>(['rateLimited', 'temporary', 'invalidToken']);

/** Does what was decided, and tells what came of it. */
export class TakeoverActions {
  readonly #parts: TakeoverParts;
  readonly #rules: TakeoverRules;
  readonly #hooks: Hooks;
  /** Pages of which it is known that nobody can take a thread there. */
  readonly #takesRefused: ThreadNotes<true>;

  constructor(parts: TakeoverParts, rules: TakeoverRules, hooks: Hooks) {
    this.#parts = parts;
    this.#rules = rules;
    this.#hooks = hooks;
    const { notes: storage, appId } = parts;
    const read = (json: unknown) => json === true || undefined;
    this.#takesRefused = new ThreadNotes({ storage, appId, topic: 'takes refused', read });
  }

  /** Thread control that notes what happens to the threads, where a guard stands before the turn. */
  controlOf(context: TurnContext): BotThreadControl {
    return guardOf(context) ?? new BotThreadControl(this.#parts.threadControl);
  }

  /** Threads of this Page can be taken, whatever was noted before. */
  async noteTakes(thread: Thread): Promise<void> {
    if (await this.#isFree(thread)) await this.#takesRefused.forget(ofPage(thread));
  }

  /** Whether threads of this Page cannot be taken: one that was passed to the inbox would stay there. */
  async #isFree(thread: Thread): Promise<boolean> {
    return (await this.#takesRefused.get(ofPage(thread))) === true;
  }

  async perform(
    context: TurnContext,
    thread: Thread,
    action: Exclude<TakeoverAction, { do: 'again' }>,
    now: number,
  ): Promise<TakeoverEvent | undefined> {
    const guard = guardOf(context);
    const { timers, logger } = this.#parts;
    switch (action.do) {
      case 'say':
        return this.#say(context, action, now);
      case 'pass':
        return this.#pass(context, thread, action);
      case 'take':
        return this.#take(context, thread);
      case 'askOwner':
        return { kind: 'owner', isBot: (await guard?.maySpeak(context)) ?? true, wanted: action.wanted };
      case 'askLastWord':
        return { kind: 'lastWord', at: await this.#lastWord(thread) };
      case 'pause':
        await guard?.pause(thread);
        break;
      case 'resume':
        await guard?.regained(thread);
        break;
      case 'leave':
        await guard?.lost(thread);
        break;
      case 'noteNoTakes':
        await this.#takesRefused.set(ofPage(thread), true);
        break;
      case 'tell':
        for (const hook of this.#hooks[action.hook]) await hook(action.handover, context, action.text);
        break;
      case 'log':
        logger[action.level](
          { ...action.fields, conversation: conversationKey(thread.pageId, thread.psid) },
          action.sentence,
        );
        break;
      case 'wake':
        if (action.at === undefined) await timers?.cancel(context, takeoverTimer);
        else await timers?.schedule(context, takeoverTimer, new Date(action.at));
        break;
    }
    return undefined;
  }

  async #say(
    context: TurnContext,
    action: Extract<TakeoverAction, { do: 'say' }>,
    now: number,
  ): Promise<TakeoverEvent | undefined> {
    const { names, language, how } = action;
    const because = this.controlOf(context).isAvailable ? action.because : becauseNoPageToken;
    const message = messageFor(this.#rules, { names, language, because }, now);
    const guard = guardOf(context);
    if (how === 'mustBeHeard' && guard !== undefined && !(await guard.maySpeak(context))) return { kind: 'suppressed' };
    if (message === undefined) return undefined;
    const { logger } = this.#parts;
    const isHeard = await speak(guard, context, message, { how: how === 'ifAllowed' ? how : 'asOwner', logger });
    return how === 'mustBeHeard' && !isHeard ? { kind: 'suppressed' } : undefined;
  }

  async #pass(context: TurnContext, thread: Thread, { to, handover }: PassAction): Promise<TakeoverEvent> {
    const { psid } = thread;
    const control = this.controlOf(context);
    if (!((await guardOf(context)?.maySpeak(context)) ?? true)) return { kind: 'suppressed' };
    if (to === deskReceiver && this.#parts.watchers?.some(({ receiver }) => receiver === to) !== true) {
      return { kind: 'passRefused', reason: 'noDesk', because: 'because no desk is configured' };
    }
    if (!isPassed(to)) return { kind: 'passed', how: 'paused' };
    try {
      const appId = await control.appIdOf(to);
      if (isInbox(appId) && (await this.#isFree(thread))) return { kind: 'passed', how: 'paused' };
      await control.passThreadControl(psid, appId, this.#rules.metadata?.(handover) ?? passMetadata(handover));
      return { kind: 'passed', appId };
    } catch (error) {
      if (error instanceof GraphTransportError) {
        // Whoever has the thread: this bot must not count on it.
        this.#parts.logger.warn(fieldsOf(error), 'Graph did not answer whether a conversation was passed to a person.');
        return { kind: 'passed' };
      }
      return { kind: 'passRefused', ...refusalOf(error, to) };
    }
  }

  /** @throws GraphApiError for a refusal that passes, so that the turn runs again */
  async #take(context: TurnContext, thread: Thread): Promise<TakeoverEvent> {
    try {
      await this.controlOf(context).takeThreadControl(thread.psid, this.#rules.takeMetadata);
      await this.noteTakes(thread);
      return { kind: 'taken' };
    } catch (error) {
      if (error instanceof GraphApiError && passing.has(error.reason)) throw error;
      if (error instanceof GraphTransportError) {
        return { kind: 'takeRefused', reason: 'noAnswer', because: '', fields: fieldsOf(error) };
      }
      return { kind: 'takeRefused', ...refusalOf(error, '') };
    }
  }

  /** When people last spoke, by asking the platform: an echo may be on its way still, and not every endpoint lets a bot hear people. */
  async #lastWord({ pageId, psid }: Thread): Promise<number | 'never' | 'unheard'> {
    const { lastWordOfOthers, hearsOthers, logger } = this.#parts;
    const heard = async () => (((await hearsOthers?.(pageId)) ?? true) ? 'never' : 'unheard');
    if (lastWordOfOthers === undefined) return heard();
    try {
      return (await lastWordOfOthers(pageId, psid)) ?? 'never';
    } catch (error) {
      if (!(error instanceof GraphApiError)) throw error;
      logger.debug({ reason: error.reason }, 'Whether a person answered in the meantime could not be asked.');
      return heard();
    }
  }
}

/** Why a call did not succeed, also as the end of a sentence. Anything that is no refusal is thrown on. */
function refusalOf(error: unknown, to: string): { reason: string; because: string; fields?: object } {
  if (error instanceof GraphApiError) {
    return { reason: error.reason, because: because(error.reason), fields: fieldsOf(error) };
  }
  if (error instanceof ThreadControlUnavailableError) return { reason: 'noPageToken', because: becauseNoPageToken };
  if (error instanceof RangeError)
    return { reason: 'unknownReceiver', because: `because the Page has no receiver ${to}` };
  throw error;
}

function fieldsOf(error: GraphApiError | GraphTransportError): object {
  if (error instanceof GraphTransportError) return { failure: error.failure, status: error.status };
  const { status, code, subcode, fbtraceId } = error;
  return { status, code, subcode, fbtraceId };
}

function ofPage({ pageId }: Thread): Thread {
  return { pageId, psid: '' };
}
