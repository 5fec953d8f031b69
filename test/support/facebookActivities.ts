import type { Activity } from 'botbuilder';

/** Activities in the shapes that Azure's Facebook channel gives them, made for one customer and one Page. */

export const psid = '1254459154682919';
export const pageId = '111222333444555';
export const conversationId = `${psid}-${pageId}`;
export const primaryAppId = '2262510160704936';
export const secondaryAppId = '1517776481860111';
export const pageInboxAppId = '263902037430900';

const when = 1572630578783;

type Json = Record<string, unknown>;

/** An activity as it comes out of JSON, with whatever is given and nothing else: fields may be missing. */
export function facebookActivity(fields: Json): Activity {
  return {
    id: 'activity-1',
    channelId: 'facebook',
    serviceUrl: 'https://facebook.botframework.com/',
    ...fields,
  } as unknown as Activity;
}

const participants = {
  from: { id: psid, name: 'Mia Muster' },
  recipient: { id: pageId, name: 'Shop' },
  conversation: { id: conversationId },
};

/** A webhook item from the customer to the Page. */
export function item(body: Json): Json {
  return { sender: { id: psid }, recipient: { id: pageId }, timestamp: when, ...body };
}

export function messageItem(text: string, quickReplyPayload?: string): Json {
  const quickReply = quickReplyPayload === undefined ? {} : { quick_reply: { payload: quickReplyPayload } };
  return item({ message: { mid: 'm_1', text, ...quickReply } });
}

/** What the Page said: sender and recipient are the other way round. */
export function echoItem(text: string): Json {
  return {
    sender: { id: pageId },
    recipient: { id: psid },
    timestamp: when,
    message: { mid: 'm_2', text, is_echo: true, app_id: Number(primaryAppId) },
  };
}

/** An item of the customer as a message activity. */
export function messageActivity(channelData: Json, text?: string): Activity {
  return facebookActivity({ type: 'message', ...participants, channelData, ...(text === undefined ? {} : { text }) });
}

export function says(text: string): Activity {
  return messageActivity(messageItem(text), text);
}

export function taps(title: string, payload = 'any payload'): Activity {
  return messageActivity(messageItem(title, payload), title);
}

export function echoes(text: string): Activity {
  return facebookActivity({
    type: 'message',
    text,
    from: { id: pageId },
    recipient: { id: psid },
    conversation: { id: conversationId },
    channelData: echoItem(text),
  });
}

/** Pass, take and app roles come as conversationUpdate, with the payload in channelData. */
export function conversationUpdate(body: Json): Activity {
  return facebookActivity({ type: 'conversationUpdate', ...participants, channelData: item(body) });
}

/** Requests and others come as event, with the payload in value, and without sender, recipient and conversation. */
export function eventActivity(body: Json, name?: string): Activity {
  return facebookActivity({ type: 'event', value: item(body), ...(name === undefined ? {} : { name }) });
}

export const standbyShapes = {
  'value as array': (items: Json[]) => ({ value: items }),
  'value.standby': (items: Json[]) => ({ value: { id: pageId, time: when, standby: items } }),
  'value.standBy': (items: Json[]) => ({ value: { id: pageId, time: when, standBy: items } }),
  'channelData.standby': (items: Json[]) => ({ channelData: { id: pageId, time: when, standby: items } }),
  'channelData.standBy': (items: Json[]) => ({ channelData: { id: pageId, time: when, standBy: items } }),
} as const;

export type StandbyShape = keyof typeof standbyShapes;

export function onStandby(items: Json[], shape: StandbyShape = 'value as array'): Activity {
  return facebookActivity({ type: 'event', name: 'standby', ...standbyShapes[shape](items) });
}
