/** Runs tasks so that those of one conversation come after each other and those of different ones side by side. */
export interface ConversationOrder {
  /**
   * Runs the task when everything that was handed in earlier for any of these conversations is done.
   * Resolves when the task is done; a task that throws rejects here and does not stop its conversations.
   */
  run(conversations: readonly string[], task: () => Promise<void>): Promise<void>;
}

export function createConversationOrder(): ConversationOrder {
  const last = new Map<string, Promise<unknown>>();

  return {
    run: (conversations, task) => {
      const done = Promise.all(conversations.map((conversation) => last.get(conversation) ?? Promise.resolve())).then(
        task,
      );
      const over = done.catch(() => undefined);
      for (const conversation of conversations) last.set(conversation, over);
      void over.then(() => {
        for (const conversation of conversations) {
          if (last.get(conversation) === over) last.delete(conversation);
        }
      });
      return done;
    },
  };
}
