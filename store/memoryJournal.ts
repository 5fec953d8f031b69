import type { Delivery, EchoNote, JournalEntry, JournalTable, SentNote } from './store.ts';
import { NotInWork } from './storeErrors.ts';

/** How many echoes and sent messages are remembered; they matter for the minutes in which an outcome may be unknown. */
const maxNotes = 10_000;

export interface MemoryJournal {
  table: JournalTable;
  of(id: number): readonly JournalEntry[];
  set(id: number, entries: readonly JournalEntry[]): void;
  forget(id: number): void;
  noteEcho(conversation: string, echo: EchoNote): void;
}

export interface MemoryJournalOptions {
  isInWork: (id: number) => boolean;
  /** What was accepted and has not ended, by id. */
  known: () => ReadonlyMap<number, { delivery: Pick<Delivery, 'conversation' | 'kind'>; acceptedAt: number }>;
}

export function createMemoryJournal({ isInWork, known }: MemoryJournalOptions): MemoryJournal {
  const journals = new Map<number, JournalEntry[]>();
  const echoes: { conversation: string; echo: EchoNote }[] = [];
  const sentMessages: SentNote[] = [];

  async function put(id: number, entry: JournalEntry): Promise<void> {
    await Promise.resolve();
    if (!isInWork(id)) throw new NotInWork(id);
    const entries = journals.get(id) ?? [];
    journals.set(id, [...entries.filter(({ ordinal }) => ordinal !== entry.ordinal), { ...entry }]);
  }

  const table: JournalTable = {
    begin: put,
    note: put,
    end: async (id, ordinal, outcome, result, sent) => {
      await Promise.resolve();
      const entries = journals.get(id) ?? [];
      if (!isInWork(id)) throw new NotInWork(id);
      journals.set(
        id,
        entries.map((entry) => (entry.ordinal === ordinal ? { ...entry, outcome, result } : entry)),
      );
      if (sent !== undefined) sentMessages.push(sent);
      if (sentMessages.length > maxNotes) sentMessages.shift();
    },
    echoOf: (mark) => Promise.resolve(echoes.find(({ echo }) => echo.mark === mark)?.echo),
    echoesSince: (conversation, at) =>
      Promise.resolve(
        echoes.filter((note) => note.conversation === conversation && note.echo.at >= at).map(({ echo }) => echo),
      ),
    sentSince: (conversation, at) =>
      Promise.resolve(sentMessages.filter((note) => note.conversation === conversation && note.at >= at)),
    heardSince: (id, at) => {
      const open = known();
      const conversation = open.get(id)?.delivery.conversation;
      const behind = [...open].filter(
        ([other, { delivery, acceptedAt }]) => other > id && delivery.conversation === conversation && acceptedAt >= at,
      );
      return Promise.resolve(behind.map(([, { delivery }]) => delivery.kind));
    },
  };

  return {
    table,
    of: (id) => [...(journals.get(id) ?? [])].sort((one, other) => one.ordinal - other.ordinal),
    set: (id, entries) => {
      if (entries.length === 0) journals.delete(id);
      else journals.set(id, [...entries]);
    },
    forget: (id) => void journals.delete(id),
    noteEcho: (conversation, echo) => {
      echoes.push({ conversation, echo });
      if (echoes.length > maxNotes) echoes.shift();
    },
  };
}
