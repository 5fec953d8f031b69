import { PrimaryBot, type PrimaryBotOptions } from '../../bots/samples/primaryBot.ts';
import type { GraphErrorReason } from '../../helpers/graph/classifyGraphError.ts';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { BotStage } from '../support/botStage.ts';
import {
  conversationUpdate,
  eventActivity,
  pageInboxAppId,
  primaryAppId,
  secondaryAppId,
} from '../support/facebookActivities.ts';

export const choices =
  'say Primary bot: Write something or choose what should happen next. ' +
  '[Pass to page inbox | Pass to secondary | Receive request | Receive nice request]';

export const notOwner = (reason: GraphErrorReason = 'notThreadOwner') => new GraphApiError({ status: 400, reason });

export function setUp(options: Partial<PrimaryBotOptions> = {}): { stage: BotStage; bot: PrimaryBot } {
  const stage = new BotStage();
  stage.receivers = [
    { id: pageInboxAppId, name: 'Page Inbox' },
    { id: secondaryAppId, name: 'Second app' },
    { id: '77' },
  ];
  const { threadControl, logger } = stage;
  return { stage, bot: new PrimaryBot({ threadControl, logger, appId: primaryAppId, startedAt: 0, ...options }) };
}

export const requestedBy = (appId: unknown, metadata?: unknown) =>
  eventActivity({ request_thread_control: { requested_owner_app_id: appId, metadata } });

export const passedTo = (newOwner: unknown, metadata?: unknown) =>
  conversationUpdate({ pass_thread_control: { new_owner_app_id: newOwner, previous_owner_app_id: null, metadata } });
