/**
 * The tables, as steps from one version to the next. A released step is never changed: every change is a new step.
 *
 * Keys are stored as 16 bytes of their SHA-256, since there may be millions of them. Claims are not stored: only one process works on the
 * file, so after a crash everything that was in work is waiting again.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE keys (hash BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_at ON keys (at);
  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    kind TEXT NOT NULL,
    via TEXT NOT NULL,
    key TEXT NOT NULL,
    turn TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    begun INTEGER NOT NULL DEFAULT 0,
    resumed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE journal (
    delivery INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (delivery, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE echoes (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    mid TEXT NOT NULL,
    mark TEXT,
    text TEXT,
    at INTEGER NOT NULL,
    noted_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX echoes_mark ON echoes (mark) WHERE mark IS NOT NULL;
  CREATE INDEX echoes_conversation ON echoes (conversation, at);
  CREATE INDEX echoes_noted ON echoes (noted_at);
  CREATE TABLE sent (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    text TEXT NOT NULL,
    mid TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sent_conversation ON sent (conversation, at);
  CREATE INDEX sent_at ON sent (at);
  CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    kind TEXT NOT NULL,
    via TEXT NOT NULL,
    key TEXT NOT NULL,
    turn TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    died_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    sentence TEXT NOT NULL,
    replayed_at INTEGER
  ) STRICT;
  `,
  // Counting and listing them need not read replayed ones, nor their turns.
  'CREATE INDEX dead_letters_open ON dead_letters (id) WHERE replayed_at IS NULL;',
  // Malformed events used to be turns that ended at once and lost their content. Those still waiting go into quarantine.
  `
  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    kind TEXT NOT NULL,
    via TEXT NOT NULL,
    key TEXT NOT NULL,
    turn TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    sentence TEXT NOT NULL
  ) STRICT;
  CREATE INDEX quarantine_accepted ON quarantine (accepted_at);
  INSERT INTO quarantine (conversation, kind, via, key, turn, accepted_at, reason, sentence)
    SELECT conversation, kind, via, key, turn, accepted_at, 'malformed', coalesce(turn ->> '$.aside.reason', '')
    FROM deliveries WHERE turn LIKE '{"entrance":"messenger","aside":%';
  DELETE FROM deliveries WHERE turn LIKE '{"entrance":"messenger","aside":%';
  `,
  // A crash used to count against all running turns. Each of them gets another chance, alone.
  'UPDATE deliveries SET begun = 2 WHERE begun > 2;',
  // Indexes for every query, and running totals of what is kept for people. Replayed dead letters are counted separately and deleted after a
  // while.
  `
  CREATE INDEX deliveries_conversation ON deliveries (conversation);
  CREATE INDEX dead_letters_died ON dead_letters (died_at);
  CREATE INDEX dead_letters_replayed ON dead_letters (replayed_at) WHERE replayed_at IS NOT NULL;
  ALTER TABLE dead_letters ADD COLUMN replayed_by TEXT;
  CREATE TABLE kept (
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    many INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (what, reason)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO kept SELECT 'quarantine', reason, count(*), sum(octet_length(turn)) FROM quarantine GROUP BY reason;
  INSERT INTO kept
    SELECT iif(replayed_at IS NULL, 'deadLetters', 'replayed') AS what, reason, count(*), sum(octet_length(turn))
    FROM dead_letters GROUP BY what, reason;
  CREATE TRIGGER quarantine_added AFTER INSERT ON quarantine BEGIN
    INSERT INTO kept VALUES ('quarantine', new.reason, 1, octet_length(new.turn))
      ON CONFLICT DO UPDATE SET many = many + 1, bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER quarantine_removed AFTER DELETE ON quarantine BEGIN
    UPDATE kept SET many = many - 1, bytes = bytes - octet_length(old.turn)
      WHERE what = 'quarantine' AND reason = old.reason;
  END;
  CREATE TRIGGER dead_letters_added AFTER INSERT ON dead_letters BEGIN
    INSERT INTO kept VALUES (iif(new.replayed_at IS NULL, 'deadLetters', 'replayed'), new.reason, 1, octet_length(new.turn))
      ON CONFLICT DO UPDATE SET many = many + 1, bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER dead_letters_put_back AFTER UPDATE OF replayed_at ON dead_letters BEGIN
    UPDATE kept SET many = many - 1, bytes = bytes - octet_length(old.turn)
      WHERE what = iif(old.replayed_at IS NULL, 'deadLetters', 'replayed') AND reason = old.reason;
    INSERT INTO kept VALUES (iif(new.replayed_at IS NULL, 'deadLetters', 'replayed'), new.reason, 1, octet_length(new.turn))
      ON CONFLICT DO UPDATE SET many = many + 1, bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER dead_letters_removed AFTER DELETE ON dead_letters BEGIN
    UPDATE kept SET many = many - 1, bytes = bytes - octet_length(old.turn)
      WHERE what = iif(old.replayed_at IS NULL, 'deadLetters', 'replayed') AND reason = old.reason;
  END;
  `,
  // A bot's knowledge of its conversations expires.
  `
  ALTER TABLE state ADD COLUMN expires_at INTEGER;
  CREATE INDEX state_expiry ON state (expires_at) WHERE expires_at IS NOT NULL;
  `,
  // The authors of echoes, messages about to be sent, and handovers. Older notes are about this bot's own messages, all of them sent.
  `
  ALTER TABLE echoes ADD COLUMN author TEXT NOT NULL DEFAULT 'self';
  ALTER TABLE echoes ADD COLUMN app_id TEXT;
  ALTER TABLE sent ADD COLUMN state TEXT NOT NULL DEFAULT 'done';
  ALTER TABLE sent ADD COLUMN mark TEXT;
  ALTER TABLE sent ADD COLUMN begun_at INTEGER;
  ALTER TABLE sent ADD COLUMN earliest INTEGER;
  ALTER TABLE sent ADD COLUMN latest INTEGER;
  CREATE INDEX sent_mark ON sent (mark) WHERE mark IS NOT NULL;
  CREATE TABLE handovers (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    kind TEXT NOT NULL,
    new_owner TEXT,
    previous_owner TEXT,
    at INTEGER NOT NULL,
    noted_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX handovers_conversation ON handovers (conversation, noted_at);
  CREATE INDEX handovers_noted ON handovers (noted_at);
  INSERT INTO handovers (conversation, kind, at, noted_at) SELECT conversation, kind, accepted_at, accepted_at
    FROM deliveries WHERE kind IN ('pass_thread_control', 'take_thread_control');
  `,
  // A turn's endpoint used to be at the beginning of its text.
  ['deliveries', 'dead_letters', 'quarantine']
    .map(
      (table) => `
  ALTER TABLE ${table} ADD COLUMN endpoint TEXT NOT NULL DEFAULT 'azure';
  UPDATE ${table} SET endpoint = 'webhook' WHERE turn LIKE '{"entrance":"messenger",%';
  `,
    )
    .join(''),
  // Timers, with how many each page has, and what is known of each conversation.
  `
  CREATE TABLE timers (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    name TEXT NOT NULL,
    page TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    via TEXT NOT NULL,
    key TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    turn TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX timers_name ON timers (conversation, name);
  CREATE INDEX timers_due ON timers (due_at);
  CREATE INDEX timers_of_page ON timers (page, due_at);
  CREATE TRIGGER timers_added AFTER INSERT ON timers BEGIN
    INSERT INTO kept VALUES ('timers', new.page, 1, octet_length(new.turn))
      ON CONFLICT DO UPDATE SET many = many + 1, bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER timers_removed AFTER DELETE ON timers BEGIN
    UPDATE kept SET many = many - 1, bytes = bytes - octet_length(old.turn) WHERE what = 'timers' AND reason = old.page;
  END;
  ALTER TABLE deliveries ADD COLUMN timer TEXT;
  CREATE INDEX deliveries_timer ON deliveries (conversation, timer) WHERE timer IS NOT NULL;
  CREATE TABLE conversations (
    conversation TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    reference TEXT NOT NULL,
    spoke_at INTEGER,
    noted_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX conversations_noted ON conversations (noted_at);
  `,
  // Each index of the tables that every event goes through costs a page in the log: an index that nobody asks goes, and none holds a column that
  // changes when a message is sent.
  `
  DROP INDEX deliveries_conversation;
  DROP INDEX sent_conversation;
  CREATE INDEX sent_of ON sent (conversation);
  DROP INDEX sent_at;
  CREATE INDEX sent_begun ON sent (begun_at);
  `,
];

/** Marks a file as one of ours, in SQLite's header. */
export const applicationId = 0x4d48_4f56;
