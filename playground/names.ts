import { metaAiAppId, pageInboxAppId, type Platform } from '../emulator/startPlatform.ts';

/** Who can own a thread, in the words that people use. */
export const receivers = ['primary', 'secondary', 'live chat', 'page inbox', "Meta's AI", 'nobody'] as const;
export type Receiver = (typeof receivers)[number];

export interface Names {
  /** `null` is Meta's idle state, in which nobody owns a thread. */
  receiver(appId: string | null | undefined): string;
  /** The first name of a customer. */
  customer(psid: string | undefined): string;
}

/** Who takes part beside the Page Inbox: the apps by the names of their bots and, where there is one, Meta's AI. */
export function receiversOf({ emulator }: Pick<Platform, 'emulator'>): readonly string[] {
  const { mode, metaAi } = emulator.state();
  const apps = emulator.apps.map(({ name }) => name);
  return metaAi === 'on' && (mode === 'routing' || mode === 'open') ? [...apps, "Meta's AI"] : apps;
}

export function namesOf({ emulator }: Pick<Platform, 'emulator'>): Names {
  return {
    receiver(appId) {
      if (appId === null || appId === undefined) return 'nobody';
      if (appId === pageInboxAppId) return 'page inbox';
      if (appId === metaAiAppId) return "Meta's AI";
      return emulator.apps.find(({ id }) => id === appId)?.name ?? `app ${appId}`;
    },
    customer(psid) {
      const name = emulator.state().customers.find((customer) => customer.psid === psid)?.name;
      return name?.split(' ')[0] ?? 'customer';
    },
  };
}
