import { sendingOf } from '../sendingOf.ts';
import { pageOf } from '../../models/conversationKey.ts';
import type { EchoNote, JournalEntry, JournalTable, SentNote, ThreadNote } from '../store.ts';
import { NotInWorkError } from '../storeErrors.ts';

/** The most echoes, handovers and sent messages in memory. They matter for the minutes in which an outcome may be unknown. */
const maxNotes = 10_000;

export interface MemoryJournal {
  table: JournalTable;
  of(id: number): readonly JournalEntry[];
  set(id: number, entries: readonly JournalEntry[]): void;
  forget(id: number): void;
  noteEcho(conversation: string, echo: EchoNote): void;
  noteThread(conversation: string, note: ThreadNote): void;
}

export interface MemoryJournalOptions {
  isInWork: (id: number) => boolean;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export function createMemoryJournal({ isInWork, now = Date.now }: MemoryJournalOptions): MemoryJournal {
  const journals = new Map<number, JournalEntry[]>();
  const echoes: { conversation: string; echo: EchoNote; notedAt: number }[] = [];
  const handovers: { conversation: string; note: ThreadNote & { notedAt: number } }[] = [];
  let sentMessages: SentNote[] = [];

  function noteSent(note: SentNote): void {
    sentMessages.push(note);
    if (sentMessages.length > maxNotes) sentMessages.shift();
  }

  /** The note of the message that this entry sends. */
  function sendingAt(id: number, ordinal: number): SentNote | undefined {
    const entry = journals.get(id)?.find((one) => one.ordinal === ordinal);
    const correlationId = entry && sendingOf(entry)?.correlationId;
    return correlationId === undefined ? undefined : sentMessages.find((note) => note.correlationId === correlationId);
  }

  async function put(id: number, entry: JournalEntry): Promise<void> {
    await Promise.resolve();
    if (!isInWork(id)) throw new NotInWorkError(id);
    const entries = journals.get(id) ?? [];
    journals.set(id, [...entries.filter(({ ordinal }) => ordinal !== entry.ordinal), { ...entry }]);
  }

  const table: JournalTable = {
    begin: async (id, entry) => {
      await put(id, entry);
      const sending = sendingOf(entry);
      if (sending !== undefined) noteSent(sending);
    },
    note: put,
    end: async (id, ordinal, outcome, result, sent) => {
      await Promise.resolve();
      const entries = journals.get(id) ?? [];
      if (!isInWork(id)) throw new NotInWorkError(id);
      journals.set(
        id,
        entries.map((entry) => (entry.ordinal === ordinal ? { ...entry, outcome, result } : entry)),
      );
      const begun = sendingAt(id, ordinal);
      // An effect that was only assumed to be done has no id and stays unknown.
      const state: SentNote['state'] = begun?.state === 'unknown' && sent?.mid === undefined ? 'unknown' : 'done';
      const ended = sent && { ...begun, ...sent, state };
      if (begun === undefined && ended !== undefined) noteSent(ended);
      else if (outcome === 'refused' || ended !== undefined) {
        // In its place, since what was begun before it tells what it can be mistaken for.
        sentMessages = sentMessages.flatMap((note) => (note === begun ? (ended ?? []) : note));
      }
    },
    reconcileSent: async (correlationId, outcome, latest) => {
      await Promise.resolve();
      sentMessages = sentMessages.flatMap((note) => {
        if (note.correlationId !== correlationId) return [note];
        return outcome === 'absent' ? [] : [{ ...note, state: 'unknown' as const, latest }];
      });
    },
    echoOf: (correlationId) => Promise.resolve(echoes.find(({ echo }) => echo.correlationId === correlationId)?.echo),
    echoesSince: (conversation, at) =>
      Promise.resolve(
        echoes.filter((note) => note.conversation === conversation && note.echo.at >= at).map(({ echo }) => echo),
      ),
    sentSince: (conversation, at) =>
      Promise.resolve(sentMessages.filter((note) => note.conversation === conversation && note.at >= at)),
    othersSince: (conversation, at) => {
      const others = echoes.filter(
        (note) => note.conversation === conversation && note.echo.author === 'other' && note.echo.at >= at,
      );
      return Promise.resolve(others.map(({ echo, notedAt }) => ({ at: echo.at, notedAt })));
    },
    echoesOf: (page) => {
      const heard = echoes.filter((note) => pageOf(note.conversation) === page);
      return Promise.resolve({
        any: heard.length > 0,
        self: heard.some(({ echo }) => (echo.author ?? 'self') === 'self'),
      });
    },
    threadSince: (conversation, at) =>
      Promise.resolve(
        handovers.filter((one) => one.conversation === conversation && one.note.notedAt >= at).map(({ note }) => note),
      ),
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
      echoes.push({ conversation, echo, notedAt: now() });
      if (echoes.length > maxNotes) echoes.shift();
    },
    noteThread: (conversation, note) => {
      handovers.push({ conversation, note: { ...note, notedAt: now() } });
      if (handovers.length > maxNotes) handovers.shift();
    },
  };
}
