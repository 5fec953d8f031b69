/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- the package is not installed here, so it has no types. */
import { createRequire } from 'node:module';

/** Of Yoctol, the client of the Bottender framework. It takes another origin as an option. @type {import('./foreignClient.js').ForeignClients} */
export const messagingApis = {
  name: 'messaging-api-messenger',
  clientFor: ({ folder, url, token }) => {
    const { MessengerClient } = createRequire(`${folder}/`)('messaging-api-messenger');
    const client = new MessengerClient({ accessToken: token, origin: url, version: '12.0', skipAppSecretProof: true });
    return {
      sendText: (psid, text) => client.sendText(psid, text),
      sendQuickReplies: (psid, text, replies) =>
        client.sendMessage(psid, { text, quickReplies: replies.map((reply) => ({ contentType: 'text', ...reply })) }),
      sendImage: (psid, address) => client.sendImage(psid, address),
      pass: async (psid, appId, metadata) => (await client.passThreadControl(psid, appId, metadata)).success,
      take: async (psid, metadata) => (await client.takeThreadControl(psid, metadata)).success,
      request: async (psid, metadata) => (await client.requestThreadControl(psid, metadata)).success,
      threadOwner: async (psid) => (await client.getThreadOwner(psid)).appId,
      secondaryReceivers: async () =>
        (await client.getSecondaryReceivers()).map((/** @type {{ id: string }} */ { id }) => id),
      codesOf: (/** @type {any} */ error) => {
        const { code, error_subcode: subcode, errorSubcode = subcode } = error.response.data.error;
        return [code, errorSubcode];
      },
    };
  },
};
