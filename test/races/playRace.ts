import { pageInboxAppId, type Mode } from '../../emulator/core/state.ts';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { seededRandom } from '../support/seededRandom.ts';
import type { RaceStage, Role } from './raceStage.ts';
import type { Hands, Owner, Scenario } from './scenario.ts';
import { readConversation } from './witness.ts';

export interface RaceOutcome {
  wrong: string[];
  refusedSends: number;
  said: number;
}

/** Plays a scenario once with new customers and says what was wrong about it. */
export async function playRace(stage: RaceStage, scenario: Scenario, mode: Mode, seed: number): Promise<RaceOutcome> {
  const { emulator, scheduler } = stage;
  const psid = emulator.addCustomer();
  const otherPsid = emulator.addCustomer();
  const primary = stage.appIdOf('primary');
  const hands = handsOf(stage, psid, otherPsid);
  const begin = emulator.events().at(-1)?.id ?? 0;
  for (const step of [hands.say('good morning'), ...(scenario.before?.(hands) ?? [])]) {
    await step();
    await stage.settled();
  }
  if (scenario.otherOwners !== undefined) await hands.say('good evening', otherPsid)();
  await stage.settled();

  await scheduler.play(scenario.actors(hands), stage.settled, seededRandom(seed));
  for (const app of emulator.apps) emulator.releaseWebhooks(app.id);
  stage.repeatWebhooks('once');
  await stage.settled();

  const events = emulator.events(begin);
  const nameOf = (id: string | null): Owner | 'idle' => {
    if (id === null) return 'idle';
    if (id === pageInboxAppId) return 'inbox';
    return id === primary ? 'primary' : 'secondary';
  };
  const judge = (customer: string, owners: readonly Owner[]): RaceOutcome => {
    const seen = readConversation(events, customer, { mode, primary, owner: mode === 'classic' ? primary : null });
    const owner = emulator.state().threads[customer]?.owner ?? null;
    const wrong = [...seen.wrong];
    if (owner !== seen.owner) wrong.push(`${nameOf(owner)} owns the thread, by the calls it is ${nameOf(seen.owner)}`);
    if (!owners.some((allowed) => allowed === nameOf(owner))) wrong.push(`${nameOf(owner)} owns the thread at the end`);
    for (const id of seen.refusedSends) {
      const name = nameOf(id) as Role;
      if (!(scenario.mayBeRefused ?? []).includes(name)) wrong.push(`a message of the ${name} was refused`);
    }
    if (seen.greetings > seen.passesToBots + markedAsDone(events, customer)) wrong.push('a pass was told twice');
    return { wrong, refusedSends: seen.refusedSends.length, said: seen.said };
  };
  const outcome = judge(psid, scenario.owners[mode] ?? []);
  if (scenario.otherOwners !== undefined) {
    const other = judge(otherPsid, scenario.otherOwners);
    outcome.wrong.push(...other.wrong.map((sentence) => `second customer: ${sentence}`));
  }
  outcome.wrong.push(...stage.trouble());
  if (outcome.said === 0) outcome.wrong.push('nobody said anything');
  return outcome;
}

function markedAsDone(events: ReturnType<RaceStage['emulator']['events']>, psid: string): number {
  return events.filter((event) => event.type === 'inboxAction' && event.psid === psid && event.action === 'markAsDone')
    .length;
}

function handsOf(stage: RaceStage, psid: string, otherPsid: string): Hands {
  const { emulator } = stage;
  const inbox = () => emulator.inbox(psid);
  /** A call from a process beside the bot: it may be refused, since others act at the same time. Nobody waits for it. */
  const unlessRefused = (call: Promise<void>): void => {
    beside.add(call);
    void call
      .catch((error: unknown) => {
        if (!(error instanceof GraphApiError)) throw error;
      })
      .finally(() => beside.delete(call));
  };
  const beside = new Set<Promise<void>>();
  const targets = { inbox: pageInboxAppId, primary: stage.appIdOf('primary'), secondary: stage.appIdOf('secondary') };
  return {
    stage,
    psid,
    otherPsid,
    say:
      (text, customer = psid) =>
      () =>
        void emulator.customer(customer).say(text),
    reply: () => void inbox().reply('A person here.'),
    done: () => inbox().markAsDone(),
    moveToMain: () => inbox().moveToMain(),
    take: (role) => () => unlessRefused(stage.controlOf(role).takeThreadControl(psid, 'from elsewhere')),
    passTo: (role, target) => () =>
      unlessRefused(stage.controlOf(role).passThreadControl(psid, targets[target], 'from elsewhere')),
    restart: (role) => () => stage.restart(role),
  };
}
