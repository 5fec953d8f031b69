import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromKillBot, ParkedTurn, ToKillBot } from './killBot.ts';

/** A bot in a process of its own, that comes back each time it is killed. */
export interface KilledBot {
  /** Where it listens, as soon as it does. */
  url(): Promise<string>;
  /** `kill -9`. Answers false while it is coming back. */
  kill(): boolean;
  /** Every turn that it gave up, by the id of its dead letter. */
  readonly parked: ReadonlyMap<number, ParkedTurn>;
  /** Resolves when it says that nothing is waiting and nothing is running. It is asked again after a kill. */
  drained(): Promise<void>;
  /** Ends it in good order. */
  end(): Promise<void>;
}

export interface KilledBotOptions {
  env: Readonly<Record<string, string>>;
  /** How long it waits for what may come late, in milliseconds. */
  patienceMs: number;
  /** Hears of each turn that is given up, once. */
  heardParked: (turn: ParkedTurn) => void;
}

export async function startKilledBot({ env, patienceMs, heardParked }: KilledBotOptions): Promise<KilledBot> {
  const parked = new Map<number, ParkedTurn>();
  let tellDrained: () => void = () => undefined;
  let current = start();
  let killing = false;

  function hear(message: FromKillBot): void {
    if (message.type === 'drained') tellDrained();
    if (message.type !== 'parked') return;
    for (const turn of message.letters) {
      if (parked.has(turn.id)) continue;
      parked.set(turn.id, turn);
      heardParked(turn);
    }
  }

  function start(): { child: ChildProcess; url: Promise<string> } {
    const child = fork(join(import.meta.dirname, 'killBot.ts'), [String(patienceMs)], {
      env: { ...env, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const url = new Promise<string>((resolve, reject) => {
      child.on('message', (message: FromKillBot) => {
        if (message.type === 'listening') resolve(message.url);
        else hear(message);
      });
      child.once('exit', () => reject(new Error('The bot ended before it listened.')));
    });
    url.catch(() => undefined);
    return { child, url };
  }

  await current.url;
  return {
    parked,
    url: () => current.url,
    kill() {
      if (killing) return false;
      killing = true;
      const { child } = current;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      // The next one starts at once, as a supervisor would start it, and waits for the lock of the store.
      const next = ended.then(() => {
        const started = start();
        started.child.once('exit', () => undefined);
        return started;
      });
      const url = next.then(async (started) => {
        const known = await started.url;
        current = started;
        killing = false;
        return known;
      });
      url.catch(() => undefined);
      current = { child, url };
      return true;
    },
    async drained() {
      for (let isDrained = false; !isDrained;) {
        await current.url;
        const { child } = current;
        const exit = once(child, 'exit').then(() => false);
        const told = new Promise<boolean>((resolve) => (tellDrained = () => resolve(true)));
        child.send('drain' satisfies ToKillBot);
        isDrained = await Promise.race([told, exit]);
      }
    },
    async end() {
      const { child } = current;
      const ended = once(child, 'exit');
      child.send('end' satisfies ToKillBot);
      await ended;
    },
  };
}
