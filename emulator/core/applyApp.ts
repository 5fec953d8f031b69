import type { AppCommand } from './commands.ts';
import { changeOwner, changeThread, postponeExpiry, refuse, ruleForActor, type Draft } from './draft.ts';
import type { Result } from './effects.ts';
import type { NextOwner, Outcome, Rule } from './rule.ts';
import { roleOf } from './rules.ts';
import { sayAsPage } from './sayAsPage.ts';
import { hasMetaAi, metaAiAppId, pageInboxAppId, threadOf, type ThreadMessage } from './state.ts';
import { tellHandover } from './tellHandover.ts';

const hourMs = 60 * 60 * 1000;
/** Source: https://developers.facebook.com/docs/messenger-platform/policy */
const windowMs = 24 * hourMs;
const humanAgentWindowMs = 7 * 24 * hourMs;
const minExtensionSeconds = 86_400;
const maxExtensionSeconds = 604_800;

/** A Graph call of an app, by the table of rules. */
export function applyAppCommand(draft: Draft, command: AppCommand): Result {
  const who = { by: command.appId, command: command.type, psid: command.psid };
  if (!draft.state.customers.some(({ psid }) => psid === command.psid)) {
    return refuse(draft, who, 'noSuchUser', 'The Page has no customer with this page-scoped id.');
  }
  const ruled = command.type === 'senderAction' || command.type === 'pageReaction' ? 'send' : command.type;
  const rule = ruleForActor(draft, command.psid, roleOf(draft.state, command.appId), command.appId, ruled);
  const outcome = rule.then;
  if ('fault' in outcome) return refuse(draft, who, outcome.fault, outcome.because, rule);
  if ('answer' in outcome) return ownerAnswer(draft, command.psid, outcome.answer);

  switch (command.type) {
    case 'send':
      return send(draft, command);
    case 'senderAction':
      draft.effects.push({
        type: 'senderAction',
        psid: command.psid,
        appId: command.appId,
        action: command.action,
      });
      return { type: 'done' };
    case 'pageReaction':
      return reactAsPage(draft, command);
    case 'extend':
      return extend(draft, command);
    case 'request':
      if (outcome.next === 'actor') return moveControl(draft, command, rule, outcome);
      tellHandover(draft, outcome.told, {
        psid: command.psid,
        actor: command.appId,
        previousOwner: null,
        newOwner: null,
        metadata: command.metadata,
      });
      return { type: 'done' };
    case 'pass':
    case 'take':
    case 'release':
      return moveControl(draft, command, rule, outcome);
    case 'threadOwner':
      throw new Error('A question cannot change the owner: the table of rules is wrong.');
  }
}

type ControlMove = Extract<AppCommand, { readonly type: 'pass' | 'take' | 'release' | 'request' }>;
type Moves = Extract<Outcome, { next: NextOwner }>;

const targetOf = (command: ControlMove): string | undefined =>
  command.type === 'pass' ? command.targetAppId : undefined;

function moveControl(draft: Draft, command: ControlMove, rule: Rule, outcome: Moves): Result {
  const { psid, appId } = command;
  const target = targetOf(command);
  const wrong = wrongTarget(draft, command, outcome);
  if (wrong !== undefined) return wrong;
  const previousOwner = threadOf(draft.state, psid).owner;
  const newOwner = nextOwner(draft, outcome.next, psid, appId, target);
  if (outcome.next === 'same') return { type: 'done' };
  changeOwner(draft, psid, newOwner, command.type, rule);
  tellHandover(draft, outcome.told, { psid, actor: appId, previousOwner, newOwner, metadata: command.metadata });
  return { type: 'done' };
}

/** The refusal of a pass to nobody or to a stranger; `undefined` when there is nothing to refuse. */
function wrongTarget(draft: Draft, command: ControlMove, { next }: Moves): Result | undefined {
  const { psid, appId } = command;
  const who = { by: appId, command: command.type, psid };
  const target = targetOf(command);
  const needsTarget =
    next === 'target' || next === 'targetOrSelf' || (next === 'targetOrPrimary' && target !== undefined);
  if (!needsTarget) return undefined;
  if (target === undefined) {
    return refuse(draft, who, 'targetMissing', 'Passing needs target_app_id, the app id of the receiver to pass to.');
  }
  if ((target === appId && next !== 'targetOrSelf') || !isReceiver(draft, target)) {
    return refuse(draft, who, 'incorrectAppId', 'target_app_id is not the app id of another receiver of this Page.');
  }
  return undefined;
}

/** The app id, or `null` for idle, that a word of the table stands for. An `entryPoint` is its target or, where there is one, the default app. */
export function nextOwner(draft: Draft, next: NextOwner, psid: string, actor: string, target?: string): string | null {
  switch (next) {
    case 'same':
      return threadOf(draft.state, psid).owner;
    case 'actor':
      return actor;
    case 'primary':
      return draft.state.primaryAppId;
    case 'target':
    case 'targetOrSelf':
    case 'targetOrPrimary':
      return target ?? draft.state.primaryAppId;
    case 'entryPoint':
      return target ?? (draft.state.mode === 'open' ? null : draft.state.primaryAppId);
    case 'nobody':
      return null;
  }
}

export const isReceiver = (draft: Draft, appId: string | undefined): boolean =>
  appId === pageInboxAppId ||
  (appId === metaAiAppId && hasMetaAi(draft.state)) ||
  draft.state.apps.some(({ id }) => id === appId);

function ownerAnswer(draft: Draft, psid: string, answer: 'owner' | 'expirationOnly' | 'empty' | 'receivers'): Result {
  const { owner, expiresAt } = threadOf(draft.state, psid);
  switch (answer) {
    case 'owner':
      return { type: 'owner', appId: owner, expiresAt, visible: true };
    case 'expirationOnly':
      return { type: 'owner', appId: owner, expiresAt, visible: false };
    case 'empty':
    case 'receivers':
      return { type: 'owner', appId: null, expiresAt: null, visible: true };
  }
}

function extend(draft: Draft, command: Extract<AppCommand, { type: 'extend' }>): Result {
  const { psid, seconds } = command;
  if (!Number.isInteger(seconds) || seconds < minExtensionSeconds || seconds > maxExtensionSeconds) {
    return refuse(
      draft,
      { by: command.appId, command: 'extend', psid },
      'invalidParameter',
      `duration is in whole seconds, from ${minExtensionSeconds} to ${maxExtensionSeconds}.`,
    );
  }
  changeThread(draft, psid, { expiresAt: draft.now + seconds * 1000 });
  return { type: 'done' };
}

function send(draft: Draft, command: Extract<AppCommand, { type: 'send' }>): Result {
  const { psid, appId } = command;
  const written = threadOf(draft.state, psid).lastCustomerMessageAt;
  const window = command.tag === 'HUMAN_AGENT' ? humanAgentWindowMs : windowMs;
  const open = written !== null && draft.now - written < window;
  if (!open && command.outsideWindow === undefined && draft.state.switches.messagingWindow === 'enforced') {
    return refuse(
      draft,
      { by: appId, command: 'send', psid },
      'outsideWindow',
      'The customer has not written within the last 24 hours.',
    );
  }
  const { personaId } = command;
  const persona = draft.state.personas.find(({ id }) => id === personaId);
  if (personaId !== undefined && persona === undefined) {
    return refuse(draft, { by: appId, command: 'send', psid }, 'noSuchPersona', 'The Page has no persona of this id.');
  }
  if (command.replyTo !== undefined && messageOf(draft, psid, command.replyTo) === undefined) {
    return refuse(
      draft,
      { by: appId, command: 'send', psid },
      'invalidParameter',
      'reply_to.mid is no message of the conversation.',
    );
  }
  const stopped = stoppedLoop(draft, command);
  if (stopped !== undefined) return stopped;
  const handOver = handOverAfterwards(draft, command);
  if (handOver !== undefined && typeof handOver !== 'function') return handOver;
  const mid = sayAsPage(draft, { ...command, ...(persona === undefined ? {} : { persona }) });
  if (draft.state.switches.ownerMessagesExtend === 'yes') postponeExpiry(draft, psid);
  handOver?.();
  return { type: 'done', mid };
}

/**
 * The Page has one reaction to a message at most. Apps are told nothing of it: no page says that they are.
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sender-actions
 */
function reactAsPage(draft: Draft, command: Extract<AppCommand, { type: 'pageReaction' }>): Result {
  const { psid, appId, mid, reaction } = command;
  const reacted = messageOf(draft, psid, mid);
  if (reacted === undefined) {
    return refuse(
      draft,
      { by: appId, command: 'send', psid },
      'invalidParameter',
      'message_id is no message of the conversation.',
    );
  }
  const { pageReaction: _before, ...bare } = reacted;
  const after = reaction === undefined ? bare : { ...bare, pageReaction: reaction };
  const messages = threadOf(draft.state, psid).messages.map((one) => (one === reacted ? after : one));
  changeThread(draft, psid, { messages });
  const action = reaction === undefined ? 'unreact' : 'react';
  draft.effects.push({
    type: 'senderAction',
    psid,
    appId,
    action,
    mid,
    ...(reaction === undefined ? {} : { reaction }),
  });
  return { type: 'done' };
}

const messageOf = (draft: Draft, psid: string, wanted: string): ThreadMessage | undefined =>
  threadOf(draft.state, psid).messages.find(({ mid }) => mid === wanted);

/** More messages than any bot sends in a row on purpose. */
const mostInARow = 50;

/** A bot that answers its own echoes, or the echoes of another bot that answers it, would go on for ever. It is told once. */
function stoppedLoop(draft: Draft, { psid, appId }: Extract<AppCommand, { type: 'send' }>): Result | undefined {
  const { inARow } = threadOf(draft.state, psid);
  if (draft.state.switches.loops === 'stopped' && inARow >= mostInARow) {
    if (inARow === mostInARow) draft.effects.push({ type: 'loop', psid, appId, messages: inARow });
    changeThread(draft, psid, { inARow: mostInARow + 1 });
    const because = `${mostInARow} messages of apps without one of the customer in between: does the bot answer its own echoes?`;
    return refuse(draft, { by: appId, command: 'send', psid }, 'callLimit', because);
  }
  changeThread(draft, psid, { inARow: inARow + 1 });
  return undefined;
}

/**
 * What `thread_control` of a message does once the message is sent, or the refusal of both: a message whose control cannot be
 * moved is not sent.
 */
function handOverAfterwards(
  draft: Draft,
  { psid, appId, threadControl }: Extract<AppCommand, { type: 'send' }>,
): Result | (() => void) | undefined {
  if (threadControl === undefined) return undefined;
  const command: ControlMove = { ...threadControl, psid, appId };
  const rule = ruleForActor(draft, psid, roleOf(draft.state, appId), appId, command.type);
  const outcome = rule.then;
  if ('fault' in outcome) {
    return refuse(draft, { by: appId, command: command.type, psid }, outcome.fault, outcome.because, rule);
  }
  if ('answer' in outcome) throw new Error('A handover cannot be a question: the table of rules is wrong.');
  return wrongTarget(draft, command, outcome) ?? (() => void moveControl(draft, command, rule, outcome));
}
