import { expect } from 'chai';
import type { DeskAnswer } from '../../../helpers/handoff/deskClient.ts';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import { journaledDesk } from '../../../turns/journal/journaledDesk.ts';
import { TurnJournal } from '../../../turns/journal/turnJournal.ts';
import { createTurnScopes, TurnScope } from '../../../turns/turnScope.ts';
import { claimOne, event } from '../../contracts/storeContract.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

const message = { id: 'handoff-1', body: '{}' };

describe('A desk that is told in a turn', () => {
  async function scene(answers: (DeskAnswer | 'processEnds')[]) {
    const store = createMemoryStore();
    const scopes = createTurnScopes();
    const journal = new TurnJournal({ table: store.journal, scopes, logger: createRecordingLogger() });
    const told: string[] = [];
    const tell = journaledDesk(({ id }) => {
      told.push(id);
      const answer = answers.shift() ?? { state: 'delivered' };
      // Whatever comes after the end of a process is never seen.
      return answer === 'processEnds' ? new Promise<never>(() => undefined) : Promise.resolve(answer);
    }, journal);
    await store.accept([event('1')]);
    const run = async <T>(work: () => Promise<T>): Promise<T> => {
      const claim = await claimOne(store);
      const scope = new TurnScope(claim);
      const result = await scopes.run(scope, work);
      await scope.end();
      await store.retry(claim.id, 0);
      return result;
    };
    return { run, tell, told, store, scopes };
  }

  it('is not told again when the turn runs again, however the attempt ended', async () => {
    for (const answer of [
      { state: 'delivered' },
      { state: 'refused', status: 404 },
      { state: 'unavailable', status: 503 },
      { state: 'unavailable' },
    ] as const) {
      const { run, tell, told } = await scene([answer]);
      const both = [await run(() => tell(message)), await run(() => tell(message))];
      expect(both).to.deep.equal([answer, answer]);
      expect(told).to.deep.equal(['handoff-1']);
    }
  });

  it('is told once more, under the same id, when the process ended before the answer was recorded', async () => {
    const { run, tell, told, store, scopes } = await scene(['processEnds']);
    const claim = await claimOne(store);
    void scopes.run(new TurnScope(claim), () => tell(message));
    while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await store.retry(claim.id, 0);
    expect(await run(() => tell(message))).to.deep.equal({ state: 'delivered' });
    expect(told).to.deep.equal(['handoff-1', 'handoff-1']);
  });
});
