/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument -- the package is not installed here, so it has no types. */
import { createRequire } from 'node:module';

/** Meta's official SDK. Its address of Graph is a getter of its class. @type {import('./foreignClient.js').ForeignClients} */
export const businessSdk = {
  name: 'facebook-nodejs-business-sdk',
  clientFor: ({ folder, url, token }) => {
    const { FacebookAdsApi, Page } = createRequire(`${folder}/`)('facebook-nodejs-business-sdk');
    Object.defineProperty(FacebookAdsApi, 'GRAPH', { configurable: true, get: () => url });
    const api = new FacebookAdsApi(token, 'en_US', false);
    const page = new Page('me', {}, undefined, api);
    const recipientOf = (/** @type {string} */ psid) => ({ recipient: { id: psid } });
    const messageTo = async (/** @type {string} */ psid, /** @type {object} */ message) =>
      (await page.createMessage([], { ...recipientOf(psid), messaging_type: 'RESPONSE', message }))._data;
    const succeeds = async (/** @type {Promise<any>} */ call) => (await call)._data.success;
    return {
      sendText: (psid, text) => messageTo(psid, { text }),
      sendQuickReplies: (psid, text, replies) =>
        messageTo(psid, { text, quick_replies: replies.map((reply) => ({ content_type: 'text', ...reply })) }),
      sendImage: (psid, address) => messageTo(psid, { attachment: { type: 'image', payload: { url: address } } }),
      pass: (psid, appId, metadata) =>
        succeeds(page.createPassThreadControl([], { ...recipientOf(psid), target_app_id: appId, metadata })),
      take: (psid, metadata) => succeeds(page.createTakeThreadControl([], { ...recipientOf(psid), metadata })),
      request: (psid, metadata) => succeeds(page.createRequestThreadControl([], { ...recipientOf(psid), metadata })),
      threadOwner: async (psid) => (await page.getThreadOwner([], { recipient: psid }))[0]._data.thread_owner.app_id,
      secondaryReceivers: async () =>
        (await page.getSecondaryReceivers(['id', 'name'])).map((/** @type {any} */ { _data: { id } }) => id),
      codesOf: (/** @type {any} */ { response }) => [response.code, response.error_subcode],
    };
  },
};
