import { readFlag, readObject } from '../models/readJson.ts';
import type { ThreadControl } from './facebookThreadControlHelper.ts';
import type { GraphClient } from './graph/graphClient.ts';

/** Finds out whether somebody else can have written what the Page says to a customer. */
export interface SoleSpeaker {
  /** This app. */
  readonly appId: string;
  /**
   * Whether nobody but this app can write to the customer at the moment.
   *
   * @throws GraphApiError and GraphTransportError
   */
  isAlone(psid: string): Promise<boolean>;
}

export interface SoleSpeakerOptions {
  graph: Pick<GraphClient, 'get'>;
  threadControl: Pick<ThreadControl, 'getThreadOwner'>;
  appId: string;
}

/**
 * With Conversation Routing, Meta refuses what other apps send while this app owns the thread, and a person who answers takes it. The Handover
 * Protocol before 2021 allowed every receiver to write, and a Page without a default app still does, so there an owner proves nothing.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */
export function createSoleSpeaker({ graph, threadControl, appId }: SoleSpeakerOptions): SoleSpeaker {
  return {
    appId,
    isAlone: async (psid) => {
      const page = await graph.get('me', { fields: 'messaging_feature_status' });
      if (!readFlag(readObject(page, 'messaging_feature_status'), 'msgr_multi_app')) return false;
      const owner = await threadControl.getThreadOwner(psid);
      return owner.owner === 'app' && owner.appId === appId;
    },
  };
}
