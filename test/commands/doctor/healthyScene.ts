import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runDoctor } from '../../../commands/doctor/runDoctor.ts';
import type { Answer } from '../../../commands/doctor/fixSubscription.ts';
import type { Finding } from '../../../commands/doctor/check.ts';
import { startPlatform, type Mode, type Platform, type PlatformBot } from '../../../emulator/startPlatform.ts';
import { recordingTerminal } from '../../support/recordingTerminal.ts';
import { testSettings } from '../../support/testSettings.ts';

/** What the running bot answers, by path; a test replaces what it wants to be broken. */
export interface BotAnswers {
  healthz: number;
  messages: number;
  webhook: 'handshake' | 'signInPage' | number;
  /** To events without a signature. */
  events: number;
}

export interface DoctorRun {
  readonly code: number;
  readonly verdict: string;
  readonly findings: readonly Finding[];
  readonly fix?: { readonly type: string };
  /** Everything that was printed, on both channels. */
  readonly text: string;
}

/** A complete set-up: an emulated Messenger and Azure with both apps, and a running bot. Everything in it is well until a test breaks it. */
export interface HealthyScene {
  readonly platform: Platform;
  readonly primary: PlatformBot;
  readonly secondary: PlatformBot;
  readonly answers: BotAnswers;
  readonly botUrl: string;
  /** Settings that replace those of the bot. An empty text takes one away. */
  readonly env: Record<string, string>;
  /** Where in time the doctor is, against the machine, in milliseconds. */
  clockOffMs: number;
  /** The command line beside `--json`. */
  args: readonly string[];
  bot: PlatformBot;
  confirm: (question: string) => Promise<Answer>;
  run(): Promise<DoctorRun>;
  say(): Promise<string>;
}

/**
 * Where scenes are played, one after the other. One stage serves many tests: the keys of an emulated Azure take as long to
 * make as the rest of a test.
 */
export interface Stage {
  /** A scene in which everything is well again, whatever the one before it broke. */
  scene(): Promise<HealthyScene>;
  close(): Promise<void>;
}

/** An address that leads to the running bot, as seen from the doctor. */
export const publicUrl = 'https://bot.example';

export async function startStage(mode: Mode = 'routing'): Promise<Stage> {
  const platform = await startPlatform({ mode, fields: 'all' });
  const accounts = platform.bots.map(({ app }) => [app.id, platform.emulator.account(app.id)] as const);
  let scene: HealthyScene | undefined;
  const server = createServer((request, response) => {
    answerAsBot(scene!, request, response);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const botUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    async scene() {
      await platform.emulator.settled();
      platform.emulator.reset();
      for (const [appId, account] of accounts) platform.emulator.changeAccount(appId, account);
      return (scene = createScene(platform, botUrl));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await platform.close();
    },
  };
}

function answerAsBot({ answers, bot }: HealthyScene, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bot');
  if (pathname === '/healthz') response.statusCode = answers.healthz;
  else if (pathname === '/api/messages') response.statusCode = answers.messages;
  else if (request.method === 'POST') response.statusCode = answers.events;
  else if (answers.webhook === 'signInPage') response.write('<html>Sign in</html>');
  else if (typeof answers.webhook === 'number') response.statusCode = answers.webhook;
  else if (searchParams.get('hub.verify_token') !== bot.app.verifyToken) response.statusCode = 403;
  else response.write(searchParams.get('hub.challenge'));
}

function createScene(platform: Platform, botUrl: string): HealthyScene {
  const [primary, secondary] = [platform.bots[0]!, platform.bots[1]!];
  const runAs = async (format: readonly string[]) => {
    const terminal = recordingTerminal();
    const code = await runDoctor([...scene.args, ...format], {
      terminal,
      confirm: (question) => scene.confirm(question),
      now: () => Date.now() + scene.clockOffMs,
      request: (input, init) => fetch((input as string).replace(publicUrl, botUrl), init),
      readSettings: () => {
        const env: Record<string, string> = {
          ...scene.bot.settings,
          BotRole: scene.bot.app.role,
          FacebookPageId: platform.emulator.pageId,
          ...scene.env,
        };
        return testSettings(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
      },
    });
    return { code, terminal };
  };
  const scene: HealthyScene = {
    platform,
    primary,
    secondary,
    answers: { healthz: 200, messages: 401, webhook: 'handshake', events: 401 },
    botUrl,
    env: {},
    clockOffMs: 0,
    args: ['--url', botUrl],
    bot: primary,
    confirm: () => Promise.resolve('no'),
    async run() {
      const { code, terminal } = await runAs(['--json']);
      const text = [...terminal.printed, ...terminal.complained].join('\n');
      return { ...(JSON.parse(terminal.printed[0] ?? '{}') as DoctorRun), code, text };
    },
    async say() {
      const { terminal } = await runAs([]);
      return [...terminal.printed, ...terminal.complained].join('\n');
    },
  };
  return scene;
}
