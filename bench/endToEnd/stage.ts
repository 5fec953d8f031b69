import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { cast } from './cast.ts';
import { startContender, type Contender } from './contender.ts';
import { azureEvents, webhookEvents, type NextEvent } from './events.ts';
import { addIssuer } from './issuer.ts';
import type { LoadTarget } from './loads.ts';
import { startPlatform, type Platform } from './platform.ts';

export type Endpoint = '/webhook' | '/api/messages';
export const endpoints: readonly Endpoint[] = ['/webhook', '/api/messages'];

/** The platform, a folder on the disk, and whoever is started. */
export interface Stage {
  readonly platform: Platform;
  readonly folder: string;
  /** The whole bot, on a store of its own or on this file. */
  startBot(storePath?: string): Promise<Contender>;
  startBare(client: 'axios' | 'raw'): Promise<Contender>;
  /** Microsoft's CloudAdapter behind restify, which has `/api/messages` alone. */
  startStock(): Promise<Contender>;
  target(contender: Contender, endpoint: Endpoint): LoadTarget;
  /** Stops all of them and removes the folder. */
  close(): Promise<void>;
}

/** Source: statfs(2) */
const memoryFileSystems: readonly number[] = [0x0102_1994, 0x8584_58f6];

/** @throws Error when the folder is in memory, where durability costs nothing and figures would mean nothing */
export function refuseMemory(folder: string): void {
  if (!memoryFileSystems.includes(statfsSync(folder).type)) return;
  throw new Error(`${folder} is in memory, not on a disk: name another folder with --folder.`);
}

/** @param parent the folder in which everything is written */
export async function openStage(parent: string): Promise<Stage> {
  const folder = mkdtempSync(join(parent, 'bench-'));
  const platform = await startPlatform();
  const issuer = await addIssuer(platform);
  const started: Contender[] = [];

  async function start(options: Parameters<typeof startContender>[0]): Promise<Contender> {
    const contender = await startContender(options);
    started.push(contender);
    return contender;
  }

  function nextEvent({ url }: Contender, endpoint: Endpoint): NextEvent {
    if (endpoint === '/webhook') return webhookEvents(url.host);
    return azureEvents(url.host, { serviceUrl: `${platform.url}/`, token: issuer.token });
  }

  return {
    platform,
    folder,
    startBot: (storePath = join(folder, `bot${started.length}.db`)) => {
      const settings = { ...facebookSettings, ...issuer.settings, GraphApiBaseUrl: platform.url, StorePath: storePath };
      return start({ name: 'the bot', program: 'botProcess.ts', args: [JSON.stringify(settings)] });
    },
    startBare: (client) => {
      const name = client === 'axios' ? 'bare, axios' : 'bare, node:http';
      const args = [platform.url, client, JSON.stringify(issuer.publicJwk)];
      return start({ name, program: 'bareProcess.ts', args });
    },
    startStock: () =>
      start({ name: 'CloudAdapter', program: 'stockProcess.ts', args: [JSON.stringify(issuer.settings)] }),
    target: (contender, endpoint) => ({ url: contender.url, next: nextEvent(contender, endpoint), platform }),
    close: async () => {
      await Promise.all(started.map((contender) => contender.stop()));
      await platform.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const facebookSettings = {
  BotRole: 'primary',
  Port: '0',
  Host: '127.0.0.1',
  LogLevel: 'info',
  FacebookPageToken: cast.pageToken,
  FacebookAppId: cast.facebookAppId,
  FacebookAppSecret: cast.appSecret,
  FacebookVerifyToken: cast.verifyToken,
};
