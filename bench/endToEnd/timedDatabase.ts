import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** How long transactions and, within them, their commits hold the thread, in nanoseconds. */
export interface CommitTimes {
  transaction: RecordableHistogram;
  commit: RecordableHistogram;
}

export function createCommitTimes(): CommitTimes {
  return { transaction: createHistogram(), commit: createHistogram() };
}

/** A handle of SQLite that measures its transactions, and is otherwise as usual. */
export class TimedDatabase extends DatabaseSync {
  readonly #times: CommitTimes;
  #begunAt = 0n;

  constructor(path: string, times: CommitTimes) {
    super(path, { timeout: 0 });
    this.#times = times;
  }

  override prepare(sql: string): StatementSync {
    const statement = super.prepare(sql);
    if (sql === 'BEGIN IMMEDIATE') this.#around(statement, () => (this.#begunAt = process.hrtime.bigint()));
    if (sql === 'COMMIT') {
      this.#around(statement, (startedAt) => {
        const now = process.hrtime.bigint();
        this.#times.commit.record(now - startedAt);
        this.#times.transaction.record(now - this.#begunAt);
      });
    }
    return statement;
  }

  #around(statement: StatementSync, after: (startedAt: bigint) => void): void {
    const run = statement.run.bind(statement);
    // The project runs these two without parameters.
    statement.run = () => {
      const startedAt = process.hrtime.bigint();
      const result = run();
      after(startedAt);
      return result;
    };
  }
}
