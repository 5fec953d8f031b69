import { EmulatorUsageError } from '../emulator/usageError.ts';
import { namesOf } from './names.ts';
import type { Playground } from './startPlayground.ts';
import { timeSince } from './timelineLayout.ts';
import { commandHelp, type TypedCommand } from './typedCommand.ts';

/** Does what was typed and answers with what to print; what happens because of it shows in the timeline. */
export function runCommand(
  { platform }: Pick<Playground, 'platform'>,
  command: Exclude<TypedCommand, { readonly type: 'quit' }>,
): string {
  const { emulator } = platform;
  try {
    switch (command.type) {
      case 'nothing':
        return '';
      case 'say':
        emulator.customer().say(command.text);
        return '';
      case 'tap':
        return tap({ platform }, command.number);
      case 'reply':
        emulator.inbox().reply(command.text);
        return '';
      case 'markAsDone':
        emulator.inbox().markAsDone();
        return '';
      case 'moveToMain':
        emulator.inbox().moveToMain();
        return '';
      case 'mode':
        emulator.setMode(command.mode);
        return '';
      case 'clock':
        emulator.advanceClock(command.ms);
        return '';
      case 'owner':
        return describeOwner({ platform });
      case 'help':
        return commandHelp;
      case 'wrong':
        return `${command.problem}\n`;
    }
  } catch (error) {
    if (error instanceof EmulatorUsageError) return `${error.message}\n`;
    throw error;
  }
}

function tap({ platform }: Pick<Playground, 'platform'>, number: number): string {
  const customer = platform.emulator.customer();
  const offered = platform.emulator.state().threads[customer.psid]?.quickReplies ?? [];
  const chosen = offered[number - 1];
  if (chosen !== undefined) {
    customer.tap(chosen.title);
    return '';
  }
  const cure = `To say it, type /say ${number}.`;
  return offered.length === 0
    ? `No choice is offered now. ${cure}\n`
    : `There are only the choices 1 to ${offered.length}. ${cure}\n`;
}

function describeOwner({ platform }: Pick<Playground, 'platform'>): string {
  const { emulator } = platform;
  const { psid } = emulator.customer();
  const { mode, threads, primaryAppId, now } = emulator.state();
  const thread = threads[psid];
  const owner = thread === undefined ? (mode === 'classic' ? primaryAppId : null) : thread.owner;
  const who = namesOf(platform).receiver(owner);
  if (owner === null) return 'Nobody owns the thread; the next message of the customer gives it to the default app.\n';
  const end = thread?.expiresAt ?? null;
  const until = end === null ? '' : `, for ${timeSince(now, end).slice(1)} more unless the customer writes`;
  return `The thread belongs to: ${who}${until}. The Page Inbox shows it in the folder ${thread?.folder ?? 'Done'}.\n`;
}
