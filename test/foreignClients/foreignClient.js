/**
 * What a foreign client can do, in the words of this test.
 *
 * @typedef {object} PlainClient
 * @property {(psid: string, text: string) => Promise<unknown>} sendText
 * @property {(psid: string, appId: string, metadata?: string) => Promise<unknown>} [pass] absent where the client has no such call
 *
 * @typedef {object} Where
 * @property {string} folder where the packages are installed
 * @property {string} url
 * @property {string} token
 * @property {string} appSecret
 *
 * @typedef {object} PlainClients
 * @property {string} name of the package
 * @property {(where: Where) => PlainClient} clientFor
 */

/**
 * A client that has every call of the handover.
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
 * @property {string} name of the package
 * @property {(where: Where) => ForeignClient} clientFor
 */
export {};
