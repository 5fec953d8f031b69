/**
 * What every foreign client is asked to do, in the words of this test.
 *
 * @typedef {object} ForeignClient
 * @property {(psid: string, text: string) => Promise<unknown>} sendText
 * @property {(psid: string, text: string, replies: { title: string, payload: string }[]) => Promise<unknown>} sendQuickReplies
 * @property {(psid: string, url: string) => Promise<unknown>} sendImage
 * @property {(psid: string, appId: string, metadata?: string) => Promise<boolean>} pass
 * @property {(psid: string, metadata?: string) => Promise<boolean>} take
 * @property {(psid: string, metadata?: string) => Promise<boolean>} request
 * @property {(psid: string) => Promise<string>} threadOwner
 * @property {() => Promise<string[]>} secondaryReceivers
 * @property {(error: unknown) => unknown} codesOf code and subcode of Graph, as the client tells them
 *
 * @typedef {object} ForeignClients
 * @property {string} name
 * @property {(where: { folder: string, url: string, token: string }) => ForeignClient} clientFor
 */
export {};
