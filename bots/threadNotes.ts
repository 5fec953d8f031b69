import type { Storage } from 'botbuilder';
import { readProperty } from '../models/readJson.ts';

/** The conversation of a Page with one of its customers. An app may serve several Pages. */
export interface Thread {
  pageId: string;
  /** The customer's page-scoped id. */
  psid: string;
}

export interface ThreadNotesOptions<T> {
  /** Must undo what a turn wrote if the turn runs again, and keep it if the turn is given up. */
  storage: Storage;
  /** What they are about. */
  topic: string;
  /** The bot's own app: two bots may keep notes of the same conversation. */
  appId: string | undefined;
  /** The note, read back from JSON. */
  read: (json: unknown) => T | undefined;
  /** Read where there is no note yet, the first that is there. */
  earlier?: readonly EarlierNote<T>[] | undefined;
}

/** What an earlier version noted under another topic. */
export interface EarlierNote<T> {
  topic: string;
  read: (json: unknown) => T | undefined;
}

/**
 * One thing that a bot remembers of each conversation, kept in its storage and never in this process: a turn that runs again after a
 * restart has to find what it found before.
 */
export class ThreadNotes<T> {
  readonly #options: ThreadNotesOptions<T>;

  constructor(options: ThreadNotesOptions<T>) {
    this.#options = options;
  }

  async get(thread: Thread): Promise<T | undefined> {
    const [note] = await this.getAll([thread]);
    return note;
  }

  /** Several at once, in this order. */
  async getAll(threads: readonly Thread[]): Promise<(T | undefined)[]> {
    const { storage, topic, read, earlier = [] } = this.#options;
    const notes = [{ topic, read }, ...earlier];
    const keys = threads.flatMap((thread) => notes.map((note) => this.#keyOf(thread, note.topic)));
    const items: unknown = await storage.read(keys);
    return threads.map((thread) => {
      for (const note of notes) {
        const found = note.read(readProperty(readProperty(items, this.#keyOf(thread, note.topic)), 'note'));
        if (found !== undefined) return found;
      }
      return undefined;
    });
  }

  async set(thread: Thread, note: T): Promise<void> {
    await this.#options.storage.write({ [this.#keyOf(thread)]: { note } });
  }

  async forget(thread: Thread): Promise<void> {
    await this.#options.storage.delete([this.#keyOf(thread)]);
  }

  #keyOf({ pageId, psid }: Thread, topic = this.#options.topic): string {
    const { appId = '' } = this.#options;
    return `thread notes/${topic}/${appId}/${pageId}/${psid}`;
  }
}
