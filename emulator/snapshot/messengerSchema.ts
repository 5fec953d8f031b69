import { z } from 'zod';
import {
  modes,
  switchValues,
  type AppState,
  type Asset,
  type Attachment,
  type Customer,
  type EntryPoints,
  type MessageTemplate,
  type MessengerState,
  type Offer,
  type Persona,
  type Referral,
  type Thread,
  type ThreadMessage,
} from '../core/state.ts';
import { fileKinds } from '../files/fileTypes.ts';
import { isIdWord } from '../seed.ts';
import { allOf, anything, byKey, digits, exactly, time, whole } from './pieces.ts';

const attachment = allOf<Attachment>({ type: z.enum([...fileKinds, 'template']), payload: anything });
const offer = allOf<Offer>({
  title: z.string(),
  payload: z.string(),
  account: z.enum(['linked', 'unlinked']).optional(),
  appId: digits,
});
const persona = allOf<Persona>({ id: digits, name: z.string(), pictureUrl: z.string() });
const referral = allOf<Referral>({
  ref: z.string().optional(),
  ad_id: z.string().optional(),
  source: z.enum(['SHORTLINK', 'ADS']),
  type: z.literal('OPEN_THREAD'),
  ads_context_data: byKey(z.string()).optional(),
});

const message = allOf<ThreadMessage>({
  mid: z.string().min(1),
  at: time,
  from: z.enum(['customer', 'page']),
  appId: digits.optional(),
  persona: persona.optional(),
  text: z.string(),
  attachments: z.array(attachment).optional(),
  unsupported: z.literal(true).optional(),
  reaction: z.string().optional(),
  pageReaction: z.string().optional(),
  replyTo: z.string().optional(),
});

const thread = allOf<Thread>({
  psid: digits,
  owner: digits.nullable(),
  expiresAt: time.nullable(),
  folder: z.enum(['Main', 'Done']),
  lastCustomerMessageAt: time.nullable(),
  referral: referral.nullable(),
  unread: whole,
  receivedUpTo: time,
  readUpTo: time,
  inARow: whole,
  messages: z.array(message),
  quickReplies: z.array(offer),
  buttons: z.array(offer),
});

const switches = exactly(
  Object.fromEntries(
    Object.entries(switchValues).map(([name, [first, ...others]]) => [name, z.enum([first, ...others])]),
  ),
);

/** What the core knows. */
export const messengerSchema = allOf<MessengerState>({
  mode: z.enum(modes),
  page: exactly({ id: digits, name: z.string() }),
  primaryAppId: digits,
  metaAi: z.enum(['on', 'off']),
  entryPoints: allOf<EntryPoints>({
    social: digits.optional(),
    ad: digits.optional(),
    links: byKey(digits).optional(),
  }),
  apps: z.array(
    allOf<AppState>({
      id: digits,
      name: z.string(),
      mayTakeControl: z.boolean(),
      subscribedFields: z.array(z.string()).nullable(),
      profile: anything,
    }),
  ),
  customers: z.array(allOf<Customer>({ psid: digits, name: z.string(), knownBy: z.string().optional() })),
  personas: z.array(persona),
  assets: z.array(allOf<Asset>({ id: digits, type: z.enum(fileKinds), url: z.string() })),
  messageTemplates: z.array(
    allOf<MessageTemplate>({ id: digits, name: z.string(), language: z.string(), components: z.array(anything) }),
  ),
  threads: byKey(thread),
  switches,
  epoch: z.string().refine(isIdWord, 'has to be a short word'),
  messageCount: whole,
  nodeCount: whole,
  customerCount: whole,
  lastTimestamp: time,
});
