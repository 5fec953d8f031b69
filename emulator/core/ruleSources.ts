/** The pages that the rules come from. */
export const handoverDocs = 'https://developers.facebook.com/docs/messenger-platform/handover-protocol';
export const passDocs = `${handoverDocs}/pass-thread-control`;
export const requestDocs = `${handoverDocs}/request-thread-control`;
export const conversationControl = `${handoverDocs}/conversation-control`;
/** Written for Instagram, of the same protocol: exclusivity, idle threads and the refusal of others. */
export const exclusivityDocs =
  'https://developers.facebook.com/docs/messenger-platform/instagram/features/handover-protocol';
export const instagramControl =
  'https://developers.facebook.com/documentation/business-messaging/instagram-messaging/features/conversation-routing/apis';
export const routingDocs =
  'https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing';
export const handoversWebhook =
  'https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_handovers';
export const errorDocs = 'https://developers.facebook.com/docs/messenger-platform/error-codes';
export const receiversEdge = 'https://developers.facebook.com/docs/graph-api/reference/page/secondary_receivers';
export const blog =
  'Kyle Delaney, Using the Facebook Messenger Handover Protocol with the Microsoft Bot Framework (Microsoft, May 2019)';
/** The picture of "Take From Inbox" in the tutorial that Microsoft's post is about: one answer, not two. */
export const tutorialPicture =
  'https://github.com/fbsamples/messenger-platform-samples/tree/main/handover_protocol/img (take_control.png, 2018)';
export const moveToMainIssue = 'https://github.com/microsoft/botframework-sdk/issues/4946';
/** What vendors recorded in production; there is no page of Meta's about its AI on Messenger. */
export const metaAiReports =
  'Reports of vendors from production, July to October 2026, of Pages with Meta Business AI; in code at https://github.com/ChatbotXIO/ChatbotX (integrations/messenger)';
export const openReports =
  "A vendor's report from production, August 2026, of a Page without default app whose threads Meta's inbox or AI owned; the take also at https://glama.ai/mcp/connectors/dev.postproxy/postproxy/tools/dm_chat_thread_control_take";
