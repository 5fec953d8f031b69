/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- the package is not installed here, so it has no types. */
import { createRequire } from 'node:module';

/** Of Meta's own people, unmaintained since 2020. Its address of Graph is fixed. @type {import('./foreignClient.js').ForeignClients} */
export const messengerNode = {
  name: 'messenger-node',
  clientFor: ({ folder, token }) => {
    const { Client } = createRequire(`${folder}/`)('messenger-node');
    const client = new Client({ page_token: token });
    return {
      sendText: (psid, text) => client.sendText({ id: psid }, text),
      sendQuickReplies: (psid, text, replies) =>
        client.sendQuickReplies(
          { id: psid },
          replies.map((reply) => ({ content_type: 'text', ...reply })),
          text,
        ),
      sendImage: (psid, address) => client.sendAttachment({ type: 'image', source: address }, { id: psid }),
      pass: async (psid, appId, metadata) => (await client.passThreadControl(psid, appId, metadata)).success,
      take: async (psid, metadata) => (await client.takeThreadControl(psid, metadata)).success,
      request: async (psid, metadata) => (await client.requestThreadControl(psid, metadata)).success,
      threadOwner: async (psid) => (await client.getThreadOwner(psid)).data[0].thread_owner.app_id,
      // It wants a customer for this call too, and does nothing with it.
      secondaryReceivers: async () =>
        (await client.getSecondaryReceiverList('0')).data.map((/** @type {{ id: string }} */ { id }) => id),
      codesOf: (/** @type {any} */ { error }) => [error.code, error.error_subcode],
    };
  },
};
