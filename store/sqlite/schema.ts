/**
 * The tables, as steps from one version to the next. A step that was released is never changed: the next change is a new step.
 *
 * Keys are kept as 16 bytes of their SHA-256: there may be millions of them. Claims are not written down at all, since the process
 * that has one is the only one that works on the file: after a crash everything that was in work is waiting again.
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
  // So that counting and listing them does not read those that were replayed, nor their turns.
  'CREATE INDEX dead_letters_open ON dead_letters (id) WHERE replayed_at IS NULL;',
  // What makes no sense to a bot was a turn that ended at once, and its content went with it: what still waits is kept instead.
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
  // Turns that were running beside the one which ended the process were counted with it. Each of them gets another chance, alone.
  'UPDATE deliveries SET begun = 2 WHERE begun > 2;',
];

/** Marks a file as one of ours, in SQLite's header. */
export const applicationId = 0x4d48_4f56;
