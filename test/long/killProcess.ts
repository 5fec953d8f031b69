import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromKillBot, ParkedTurn, TestBot, ToKillBot } from './killBot.ts';
import type { OutsideCall } from './outsideBot.ts';

/** What its caller learns of a call: `died` is that the process ended before it answered. */
export type CallOutcome = 'done' | 'failed' | 'died';

/** A bot in a process of its own, that comes back each time it is killed. */
export interface KilledBot {
  /** Where it listens, as soon as it does. */
  url(): Promise<string>;
  /**
   * Ends it: by `kill -9`, or in good order by SIGTERM while the next one starts beside it. Answers false while it is coming back.
   */
  end(how: 'kill' | 'term'): boolean;
  /** Lets the store's file grow no further, or grow again. A process that is killed meanwhile comes back to a disk with room. */
  disk(state: 'diskFull' | 'diskFree'): void;
  /** Asks it, of the kind `outside`, to speak outside of a turn. */
  call(call: OutsideCall): Promise<CallOutcome>;
  /** Every turn that it gave up, by the id of its dead letter. */
  readonly parked: ReadonlyMap<number, ParkedTurn>;
  /** Resolves when it says that nothing is waiting and nothing is running. It is asked again after a kill. */
  drained(): Promise<void>;
  /** Ends it in good order, for good. */
  close(): Promise<void>;
}

export interface KilledBotOptions {
  /** The one that ships for the role that the settings name, or one of the test's own. */
  bot: 'shipped' | TestBot;
  env: Readonly<Record<string, string>>;
  /** How long it waits for what may come late, in milliseconds. */
  patienceMs: number;
  /** Hears of each turn that is given up, once. */
  heardParked: (turn: ParkedTurn) => void;
}

export async function startKilledBot({ bot, env, patienceMs, heardParked }: KilledBotOptions): Promise<KilledBot> {
  const parked = new Map<number, ParkedTurn>();
  let tellDrained: () => void = () => undefined;
  let current = start();
  let ending = false;
  let lastCall = 0;

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
    const child = fork(join(import.meta.dirname, 'killBot.ts'), [String(patienceMs), bot], {
      env: { ...env, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.setMaxListeners(0); // Each call that is under way has some.
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
    end(how) {
      if (ending) return false;
      ending = true;
      const { child } = current;
      const ended = once(child, 'exit');
      child.kill(how === 'kill' ? 'SIGKILL' : 'SIGTERM');
      // A supervisor starts the next one at once; a deployment does not even wait for the end. It waits for the store.
      const next = how === 'kill' ? ended.then(start) : Promise.resolve(start());
      const url = next.then(async (started) => {
        started.child.once('exit', () => undefined);
        const known = await started.url;
        await ended;
        current = started;
        ending = false;
        return known;
      });
      url.catch(() => undefined);
      current = { child, url };
      return true;
    },
    disk(state) {
      if (!ending && current.child.connected) current.child.send(state);
    },
    async call(call) {
      await current.url;
      const { child } = current;
      const id = (lastCall += 1);
      return new Promise((resolve) => {
        const heard = (message: FromKillBot): void => {
          if (message.type === 'called' && message.id === id) end(message.outcome);
        };
        const died = (): void => end('died');
        const end = (outcome: CallOutcome): void => {
          child.off('message', heard).off('exit', died);
          resolve(outcome);
        };
        child.on('message', heard).once('exit', died);
        child.send({ id, call } satisfies ToKillBot, (error) => {
          if (error !== null) died();
        });
      });
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
    async close() {
      const { child } = current;
      const ended = once(child, 'exit');
      child.send('end' satisfies ToKillBot);
      await ended;
    },
  };
}
