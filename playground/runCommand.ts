import { metaAiAppId, modes, type Mode } from '../emulator/startPlatform.ts';
import { msUntilTimeOfDay } from '../emulator/narration/time.js';
import { EmulatorUsageError } from '../emulator/usageError.ts';
import { BotStartError } from './botProcess.ts';
import { readableLine } from './botReader.ts';
import { modeNames } from './modeNames.ts';
import { namesOf } from './names.ts';
import { paragraph } from './paragraph.ts';
import type { Playground } from './startPlayground.ts';
import { timeSince } from './timelineLayout.ts';
import { commandHelp, type TypedCommand } from './typedCommand.ts';

type Stage = Pick<Playground, 'platform' | 'restart' | 'bots'>;

/**
 * Runs a typed command and returns the text to print, in lines of at most `width` columns. Events appear in the timeline; the text
 * is only for commands that change nothing, and says why.
 */
export async function runCommand(
  stage: Stage,
  command: Exclude<TypedCommand, { readonly type: 'quit' }>,
  width: number,
): Promise<string> {
  if (command.type === 'help') return commandHelp(width);
  if (command.type === 'log') return lastLinesOf(stage);
  const answer = await answerTo(stage, command);
  return answer === '' ? '' : `${paragraph(answer, width)}\n`;
}

async function answerTo(
  stage: Stage,
  command: Exclude<TypedCommand, { readonly type: 'quit' | 'help' | 'log' }>,
): Promise<string> {
  const { emulator } = stage.platform;
  try {
    switch (command.type) {
      case 'nothing':
        return '';
      case 'say':
        emulator.customer().say(command.text);
        return '';
      case 'tap':
        return tap(stage, command.number);
      case 'reply':
        emulator.inbox().reply(command.text);
        return '';
      case 'markAsDone':
      case 'moveToMain':
        return click(stage, command.type);
      case 'ai':
        return playMetaAi(stage, command.text);
      case 'aiBack': {
        const { event, note } = command;
        emulator.metaAi().handBack({ event, ...(note === undefined ? {} : { note }) });
        return '';
      }
      case 'mode':
        return command.mode === undefined ? describeMode(stage) : changeMode(stage, command.mode);
      case 'clock':
        return describeClock(stage);
      case 'moveClock':
        return moveClock(stage, command.ms);
      case 'moveClockTo':
        return moveClock(stage, msUntilTimeOfDay(command.timeOfDay, emulator.clock()) ?? 0);
      case 'owner':
        return describeOwner(stage);
      case 'restart':
        await stage.restart();
        return `Started again: ${stage.platform.emulator.apps.map(({ name }) => `the ${name} bot`).join(' and ')}.`;
      case 'wrong':
        return command.problem;
    }
  } catch (error) {
    if (error instanceof EmulatorUsageError || error instanceof BotStartError) return error.message;
    throw error;
  }
}

const shownLines = 12;

function lastLinesOf({ bots }: Stage): string {
  return bots
    .map((bot) => {
      const lines = bot.lastLines().slice(-shownLines).map(readableLine);
      return [`The ${bot.name} bot:`, ...(lines.length === 0 ? ['nothing yet'] : lines).map((line) => `  ${line}`), ''];
    })
    .flat()
    .join('\n');
}

function tap({ platform }: Stage, number: number): string {
  const customer = platform.emulator.customer();
  const offered = platform.emulator.state().threads[customer.psid]?.quickReplies ?? [];
  const chosen = offered[number - 1];
  if (chosen !== undefined) {
    customer.tap(chosen.title);
    return '';
  }
  const fix = `To say it, type /say ${number}.`;
  return offered.length === 0
    ? `No choice is offered now. ${fix}`
    : `There are only the choices 1 to ${offered.length}. ${fix}`;
}

function playMetaAi(stage: Stage, text: string | undefined): string {
  const ai = stage.platform.emulator.metaAi();
  const owned = threadOf(stage).owner === metaAiAppId;
  if (owned && text === undefined) return "Nothing changes, because Meta's AI owns the thread already.";
  if (!owned) ai.take();
  if (text !== undefined) ai.answer(text);
  return '';
}

function click(stage: Stage, button: 'markAsDone' | 'moveToMain'): string {
  const before = threadOf(stage);
  stage.platform.emulator.inbox()[button]();
  const after = threadOf(stage);
  if (after.owner !== before.owner || after.folder !== before.folder) return '';
  const thread =
    after.owner === null
      ? 'nobody owns the thread'
      : `${namesOf(stage.platform).receiver(after.owner)} keeps the thread`;
  return `Nothing changes, because the conversation is in the folder ${after.folder} already and ${thread}.`;
}

function describeMode({ platform }: Stage): string {
  const { mode } = platform.emulator.state();
  const others = modes
    .filter((other) => other !== mode)
    .map((other) => `/mode ${other} changes to ${modeNames[other]}`);
  return `The Page follows the rules of mode ${mode}: ${modeNames[mode]}. ${others.join('; ')}.`;
}

function changeMode({ platform }: Stage, mode: Mode): string {
  const { emulator } = platform;
  if (emulator.state().mode === mode) {
    return `Nothing changes, because the Page follows the rules of mode ${mode} already.`;
  }
  emulator.setMode(mode);
  return '';
}

function describeClock({ platform }: Stage): string {
  const now = new Date(platform.emulator.clock()).toISOString();
  return `On the emulator's clock it is ${now.slice(0, 10)}, ${now.slice(11, 19)} UTC. To move it ahead, add a time: /clock 30m, /clock 24h, /clock 2d or /clock 18:30.`;
}

function moveClock({ platform }: Stage, ms: number): string {
  if (ms === 0) return 'Nothing changes, because the clock is to move by no time at all.';
  platform.emulator.advanceClock(ms);
  return '';
}

/** The customer's thread, also when nobody has written in it yet. */
function threadOf({ platform }: Stage): {
  readonly owner: string | null;
  readonly folder: 'Main' | 'Done';
  readonly expiresAt: number | null;
} {
  const { emulator } = platform;
  const { threads, newThreadOwner } = emulator.state();
  const thread = threads[emulator.customer().psid];
  return {
    owner: thread === undefined ? newThreadOwner : thread.owner,
    folder: thread?.folder ?? 'Done',
    expiresAt: thread?.expiresAt ?? null,
  };
}

function describeOwner(stage: Stage): string {
  const { owner, folder, expiresAt } = threadOf(stage);
  if (owner === null) return 'Nobody owns the thread; the next message of the customer gives it to the default app.';
  const now = stage.platform.emulator.clock();
  const until = expiresAt === null ? '' : `, for ${timeSince(now, expiresAt).slice(1)} more unless the customer writes`;
  const who = namesOf(stage.platform).receiver(owner);
  return `The thread belongs to: ${who}${until}. The Page Inbox shows it in the folder ${folder}.`;
}
