import { wireAppId, type Draft } from './draft.ts';
import type { Channel } from './webhookKinds.ts';
import { metaAiAppId, pageInboxAppId } from './state.ts';
import type { EchoSource } from './webhookItems.ts';

/**
 * How an echo of Meta's AI looks: the Page Inbox's app id is on it, as on what a person says, and only `ai_generated` tells them apart.
 * Source: reports of vendors from production, August 2026, https://github.com/ChatbotXIO/ChatbotX
 */
export function metaAiEcho(draft: Draft): { readonly source: EchoSource; readonly channel?: Channel } {
  const { aiEchoAppId, aiEchoChannel } = draft.state.switches;
  return {
    source: {
      appId: wireAppId(draft, aiEchoAppId === 'metaAi' ? metaAiAppId : pageInboxAppId),
      metadata: '{"source":"axon"}',
      aiGenerated: true,
    },
    ...(aiEchoChannel === 'messaging' ? { channel: aiEchoChannel } : {}),
  };
}
