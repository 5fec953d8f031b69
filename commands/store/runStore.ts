import { pageKey } from '../../models/conversationKey.ts';
import { runCustomers } from '../customers/runCustomers.ts';
import type { CommandEnd } from '../storeTool.ts';
import { compactStore } from '../../store/sqlite/tools/compactStore.ts';
import { copyStore } from '../../store/sqlite/tools/copyStore.ts';
import { allPages } from '../../store/operatorPause.ts';
import { inspectStore, type StoreContents, type StoreReport } from '../../store/sqlite/tools/inspectStore.ts';
import { pauseTurns } from '../../store/sqlite/tools/pauseTurns.ts';
import { restoreStore, type OpenEvents } from '../../store/sqlite/tools/restoreStore.ts';

export const storeUsage = `Usage: npm run store -- COMMAND [--store FILE] [--bot FILE] [--json] [--page ID]

  backup FILE     writes a copy to a new file, also while a bot works on the store
  check           looks for damage, and shows what is in the store
  restore COPY    restores a copy where there is no store; --open ask|run|drop says what becomes of events that were open when it was made:
                  dead letters for a person to decide on (ask, the default), turns that run now, or nothing
  compact         makes the file as small as it can be; the bot has to be stopped
  forget PSID     the same as npm run customers -- forget PSID
  pause           lets a running bot begin no turn, of the Page --page ID or of all, while it goes on accepting; holds until resume
  resume          lets the turns go on, of --page ID or of all, and tries a Page at once that waits for its token or a rate limit

The store is the file that StorePath names, or --store FILE. --bot FILE is the module of your bot, as npm start takes it.
`;

export interface StoreCommand {
  path: string;
  args: readonly string[];
  open: OpenEvents;
  /** The id of the Page that `pause` and `resume` are about. Default: all. */
  page?: string | undefined;
  format: 'text' | 'json';
  now: number;
}

/** Does one command and gives what is to be printed. @throws StoreUnavailable, StartProblem */
export async function runStore(command: StoreCommand): Promise<CommandEnd> {
  const { path, args, open, page, format, now } = command;
  const [name, object, ...more] = args;
  const say = (result: object, text: string, exitCode = 0): CommandEnd => ({
    output: format === 'json' ? `${JSON.stringify(result, undefined, 2)}\n` : text,
    exitCode,
  });
  const takesObject = name === 'backup' || name === 'restore' || name === 'forget';
  const takesPage = name === 'pause' || name === 'resume';
  const isPage = page === undefined || (takesPage && /^\d{1,20}$/.test(page));
  if (more.length > 0 || takesObject !== (object !== undefined) || !isPage) return { output: storeUsage, exitCode: 2 };
  switch (name) {
    case 'backup': {
      const report = copyStore(path, object ?? '', now);
      return say(
        report,
        `${object} is a copy of ${size(report.bytes)} with ${report.open} open events. It is sound.\n`,
      );
    }
    case 'check': {
      const report = inspectStore(path);
      return say(report, textOf(path, report), report.problems.length === 0 ? 0 : 1);
    }
    case 'restore': {
      const report = await restoreStore(object ?? '', path, open, now);
      return say(report, `${path} is restored. ${report.open} events were open in the copy: ${becameOf[open]}.\n`);
    }
    case 'compact': {
      const report = await compactStore(path);
      return say(report, `${path} had ${size(report.before)} and has ${size(report.after)}.\n`);
    }
    case 'forget':
      return runCustomers({ path, command: 'forget', id: object ?? '', show: 'counts', format, now });
    case 'pause':
    case 'resume': {
      const { held } = pauseTurns(path, name, page === undefined ? allPages : pageKey(page));
      const which = held.length === 0 ? 'nothing' : held.join(', ');
      return say({ paused: held }, `Paused from now on: ${which}. A running bot notices within two seconds.\n`);
    }
    default:
      return { output: storeUsage, exitCode: 2 };
  }
}

const becameOf: Record<OpenEvents, string> = {
  ask: 'they are dead letters with the reason restored, see npm run dead-letters -- list --reason restored',
  run: 'their turns run at the next start',
  drop: 'they are dropped',
};

function textOf(path: string, { problems, fileBytes, walBytes, freeDiskBytes, contents }: StoreReport): string {
  const lines = [
    `${path}: ${problems.length === 0 ? 'sound' : `damaged: ${problems.join('; ')}`}`,
    `file            ${size(fileBytes)}`,
    `write-ahead log ${size(walBytes)}`,
    `free disk       ${size(freeDiskBytes)}`,
    ...(contents === undefined ? [] : linesOf(contents)),
  ];
  return `${lines.join('\n')}\n`;
}

function linesOf(contents: StoreContents): string[] {
  const {
    version,
    newestVersion,
    unusedBytes,
    shrinks,
    open,
    oldestOpen,
    timers,
    nextTimer,
    keys,
    notes,
    states,
    copiedAt,
  } = contents;
  const reasons = (counts: Record<string, number>) => {
    const each = Object.entries(counts).map(([reason, many]) => `${many} ${reason}`);
    return each.length === 0 ? 'none' : each.join(', ');
  };
  return [
    `unused in it    ${size(unusedBytes)}${shrinks ? '' : '; npm run store -- compact lets the file shrink'}`,
    `tables          version ${version}${version === newestVersion ? '' : `; this program has version ${newestVersion}`}`,
    `open events     ${open}${oldestOpen === undefined ? '' : `, the oldest from ${oldestOpen}`}`,
    `timers          ${timers}${nextTimer === undefined ? '' : `, the first due at ${nextTimer}`}`,
    `dead letters    ${reasons(contents.deadLetters)}`,
    `quarantined     ${reasons(contents.quarantined)}`,
    `remembered      ${keys} keys, ${notes} notes of messages, ${states} values of the bot's state`,
    ...(copiedAt === undefined ? [] : [`copy            made ${copiedAt}; no bot was started with it`]),
  ];
}

function size(bytes = NaN): string {
  if (Number.isNaN(bytes)) return 'unknown';
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
