import { isGraphError } from '../../helpers/graph/graphErrors.ts';
import { SettingsError } from '../../helpers/settings/problems.ts';
import type { Settings } from '../../helpers/settings/types.ts';
import { StartProblemError } from '../../helpers/startProblem.ts';
import type { Terminal } from '../terminal.ts';
import { allChecks } from './allChecks.ts';
import { createBotProbe } from './botProbe.ts';
import type { Finding, Patient } from './check.ts';
import { createDeskProbe } from './deskProbe.ts';
import { doctorUsage, readDoctorArguments, type DoctorArguments } from './doctorArguments.ts';
import { fixSubscription, type Answer, type Fix } from './fixSubscription.ts';
import { createGraphProbe } from './graphProbe.ts';
import { createAsk } from './httpAsk.ts';
import { createLoginProbe } from './loginProbe.ts';
import { exitCodes, sayFindings, verdictOf } from './report.ts';
import { runChecks } from './runChecks.ts';

export interface DoctorTools {
  readonly terminal: Terminal;
  /** Throws a `SettingsError` if they are wrong, and a `StartProblemError` if the bot cannot be loaded. */
  readonly readSettings: (bot: string | undefined) => Settings | Promise<Settings>;
  /** Asks the person, if there is one. */
  readonly confirm: (question: string) => Promise<Answer>;
  readonly now?: () => number;
  readonly request?: typeof fetch;
}

/** Runs the command line and returns the exit code. Prints no secrets: neither settings nor responses are shown as they are. */
export async function runDoctor(args: readonly string[], tools: DoctorTools): Promise<number> {
  const { terminal, now = Date.now, request = fetch } = tools;
  const read = readDoctorArguments(args);
  if ('help' in read) {
    terminal.print(read.help);
    return 0;
  }
  if ('mistake' in read) {
    terminal.complain(`${read.mistake}\n\n${doctorUsage}`);
    return 3;
  }
  const tell = (
    findings: readonly Finding[],
    fix?: Fix | { readonly type: 'failed'; readonly says: string },
  ): number => {
    const verdict = verdictOf(findings);
    if (read.format === 'json') {
      terminal.print(JSON.stringify({ verdict, findings, ...(fix === undefined ? {} : { fix }) }));
    } else {
      terminal.print(sayFindings(findings));
      if (fix !== undefined) terminal.print(sayFix(fix));
    }
    return exitCodes[verdict];
  };

  let settings: Settings;
  try {
    settings = await tools.readSettings(read.bot);
  } catch (error) {
    if (error instanceof SettingsError) return tell(error.problems.map(findingOf));
    if (error instanceof StartProblemError) return tell([brokenBot(error)]);
    throw error;
  }
  const ask = createAsk(request);
  const patient = (): Patient => ({
    settings,
    graph: createGraphProbe(settings, ask),
    bot: createBotProbe(ask, read.url),
    login: createLoginProbe(ask, settings.bot),
    desk: createDeskProbe(ask, settings),
    now,
    ...(read.pageId === undefined ? {} : { pageId: read.pageId }),
    ...(read.userId === undefined ? {} : { userId: read.userId }),
  });
  const before = patient();
  const findings = await runChecks(allChecks, before);
  if (read.fix === 'no') return tell(findings);
  const fix = await tryToFix(findings, before, read, tools);
  return fix.type === 'subscribed' ? tell(await runChecks(allChecks, patient()), fix) : tell(findings, fix);
}

async function tryToFix(
  findings: readonly Finding[],
  { graph }: Patient,
  { fix }: DoctorArguments,
  { confirm }: DoctorTools,
): Promise<Fix | { readonly type: 'failed'; readonly says: string }> {
  const page = findings.find(({ id }) => id === 'token.page');
  if (page?.state !== 'ok') return { type: 'failed', says: 'fix the page token first' };
  try {
    return await fixSubscription(graph, fix === 'yes' ? () => Promise.resolve('yes') : confirm);
  } catch (error) {
    if (!isGraphError(error)) throw error;
    return { type: 'failed', says: error.message };
  }
}

function sayFix(fix: Fix | { readonly type: 'failed'; readonly says: string }): string {
  switch (fix.type) {
    case 'nothingMissing':
      return 'No field of the Page was missing.';
    case 'declined':
      return `Nothing was changed. Still missing: ${fix.missing.join(', ')}.`;
    case 'nobodyToAsk':
      return `Nothing was changed: --fix asks first, and there is no terminal to ask at. Still missing: ${fix.missing.join(', ')}. --fix --yes adds them without asking.`;
    case 'subscribed':
      return `The app was subscribed to ${fix.missing.join(', ')}; the checks above show how it is now.`;
    case 'failed':
      return `Nothing could be fixed: ${fix.says}.`;
  }
}

function findingOf({ setting, problem, fix }: SettingsError['problems'][number]): Finding {
  return {
    id: `settings.${setting}`,
    what: 'the settings can be used',
    state: 'fail',
    says: `${setting} ${problem}`,
    fix,
  };
}

function brokenBot({ message }: StartProblemError): Finding {
  const fix = 'Fix the code of the bot, or the setting Bot, and run the doctor again.';
  return { id: 'settings.Bot', what: 'the bot can be loaded', state: 'fail', says: message, fix };
}
