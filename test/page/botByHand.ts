import type { EmulatedApp, Emulator } from '../../emulator/emulator.ts';

/** The smallest picture there is: one dot. */
export const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Calls Graph as an app does. The answer is the status. */
export async function callGraph(emulator: Emulator, app: EmulatedApp, edge: string, params: object): Promise<number> {
  const response = await fetch(`${emulator.url}/v26.0/me/${edge}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.pageToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(params),
  });
  await response.arrayBuffer();
  return response.status;
}

export interface Said {
  readonly text: string;
  readonly quickReplies?: readonly string[];
  readonly buttons?: readonly string[];
}

/** Sends a message as an app does. */
export function sayAs(
  emulator: Emulator,
  app: EmulatedApp,
  { text, quickReplies = [], buttons = [] }: Said,
): Promise<number> {
  const [psid] = emulator.customers;
  const offers = buttons.map((title) => ({ type: 'postback', title, payload: title }));
  const attachment = { type: 'template', payload: { template_type: 'button', text, buttons: offers } };
  const replies = quickReplies.map((title) => ({ content_type: 'text', title, payload: title }));
  return callGraph(emulator, app, 'messages', {
    recipient: { id: psid },
    message: {
      ...(buttons.length === 0 ? { text } : { attachment }),
      ...(replies.length === 0 ? {} : { quick_replies: replies }),
    },
  });
}

/** Waits for what the page makes of the emulator's state. */
export function until(emulator: Emulator, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = emulator.on(() => {
      if (!holds()) return;
      end();
      resolve();
    });
  });
}
