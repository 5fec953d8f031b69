import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints } from '../support/bothEndpoints.ts';
import { breakableHandles, damageTable, manualCare, useFolder } from '../support/brokenDisk.ts';
import { deferred } from '../support/deferred.ts';
import { createManualClock } from '../support/manualClock.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

type Handles = ReturnType<typeof breakableHandles>;

/** Each breaks the file that is open and gives what mends it. */
const faults: Record<string, { reason: string; breakIt: (handles: Handles, path: string) => () => void }> = {
  'is full': {
    reason: 'full',
    breakIt: (handles) => {
      const handle = handles.current();
      const pages = Number(handle.prepare('PRAGMA page_count').get()?.['page_count']);
      handle.exec(`PRAGMA max_page_count = ${pages}`);
      return () => handle.exec('PRAGMA max_page_count = 1000000');
    },
  },
  'is read-only': {
    reason: 'readOnly',
    breakIt: (handles) => {
      handles.controls.whenOpened = (handle) => handle.exec('PRAGMA query_only = ON');
      handles.controls.whenOpened(handles.current());
      return () => (handles.controls.whenOpened = () => undefined);
    },
  },
  'is locked by another program': {
    reason: 'busy',
    breakIt: (_handles, path) => {
      const other = new DatabaseSync(path);
      other.exec('BEGIN IMMEDIATE');
      return () => {
        other.exec('ROLLBACK');
        other.close();
      };
    },
  },
  'has been overwritten in part': {
    reason: 'corrupt',
    breakIt: (handles, path) => {
      const mend = damageTable(path, 'deliveries');
      // Otherwise it goes on with the pages that it remembers.
      handles.current().exec('PRAGMA shrink_memory');
      return mend;
    },
  },
};

/** So large that it needs pages of its own: on a full disk there is room left in those that are there. */
const large = 'x'.repeat(30_000);

describe('A bot whose store', () => {
  const folder = useFolder();
  let bot: BothEndpoints;
  afterEach(() => bot.close());

  for (const [name, { reason, breakIt }] of Object.entries(faults)) {
    for (const endpoint of endpointNames) {
      it(`${name} acknowledges nothing on ${endpoint}, says so once, and goes on by itself, without a loss`, async () => {
        const [handles, care, clock, gate] = [breakableHandles(), manualCare(), createManualClock(), deferred()];
        const logger = createRecordingLogger();
        const path = folder.path('bot.db');
        const store = await openSqliteStore(path, {
          ...{ openHandle: handles.openHandle, every: care.every, sleep: async () => undefined },
          ...{ monotonicNow: clock.monotonicNow, logger },
        });
        bot = await startBothEndpoints({
          ...{ store, clock, logger },
          run: async (context) => {
            const word = context.activity.text.split(' ', 1)[0]!;
            if (word === 'second') await gate.promise;
            await context.sendActivity(`answer to the ${word}`);
          },
        });
        const post = bot.post[endpoint];
        const said = () =>
          logger.lines
            .filter(({ level, message }) => level !== 'debug' && message !== 'turn')
            .map(({ level, message, fields }) => [level, message, fields['reason']]);
        const third = says('7', 'm_3', `third ${large}`);
        expect(await post(says('7', 'm_1', 'first'))).to.equal(200);
        await bot.server().settled();
        expect(await post(says('7', 'm_2', 'second'))).to.equal(200);
        expect(await bot.ready()).to.include({ code: 200, status: 'ready' });

        const mend = breakIt(handles, path);
        const refused = await Promise.all(Array.from({ length: 20 }, () => post(third)));
        expect(new Set(refused)).to.deep.equal(new Set([503]));
        expect(await bot.ready()).to.include({ code: 503, status: `store ${reason}` });
        gate.resolve();
        care.tick();
        expect(await post(third)).to.equal(503);
        // Whoever looks something up meanwhile has the broken file opened once more.
        await store.deadLetters.list().catch(() => undefined);

        mend();
        care.tick();
        expect(await post(third)).to.equal(200);
        expect(await bot.ready()).to.include({ code: 200, status: 'ready' });
        await clock.passUntil(bot.server().settled());
        expect(said()).to.deep.equal([
          ['error', 'the store cannot commit: nothing is acknowledged', reason],
          ['info', 'the store can commit again', reason],
        ]);
        expect(bot.sent.map(({ text }) => text)).to.deep.equal([
          'answer to the first',
          'answer to the second',
          'answer to the third',
        ]);
        expect(await post(third)).to.equal(200);
        await bot.server().settled();
        expect(bot.sent).to.have.length(3);
        expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
      });
    }
  }
});
