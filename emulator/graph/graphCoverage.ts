/**
 * What of Messenger the emulator has, as data. Endpoints are written as method and edge of the Page, events as the key of
 * Meta's item. A test holds the endpoints against the routes and the events against what the core sends.
 */
export interface Coverage {
  readonly kind: 'endpoint' | 'event';
  readonly name: string;
  readonly state: 'supported' | 'partial' | 'notSupported';
  /** What is different from Meta's, in words. Empty when nothing known is. */
  readonly difference: string;
}

const endpoint = (name: string, state: Coverage['state'], difference = ''): Coverage => ({
  kind: 'endpoint',
  name,
  state,
  difference,
});
const event = (name: string, state: Coverage['state'], difference = ''): Coverage => ({
  kind: 'event',
  name,
  state,
  difference,
});

export const coverage: readonly Coverage[] = [
  endpoint(
    'POST pass_thread_control',
    'supported',
    "If the app does not own the thread, only the end of the refusal's sentence was recorded.",
  ),
  endpoint(
    'POST take_thread_control',
    'supported',
    'Without a default app the body of a refusal is as recorded, otherwise guessed.',
  ),
  endpoint('POST request_thread_control', 'supported', 'The body of a refusal is guessed.'),
  endpoint('POST release_thread_control', 'supported', 'The body of a refusal is as recorded without a default app.'),
  endpoint('POST extend_thread_control', 'supported', 'Threads from ads, which last 30 days, are not known.'),
  endpoint('GET thread_owner', 'supported', 'app_id is always a string, as recorded in 2018.'),
  endpoint('GET secondary_receivers', 'partial', 'No paging, no Instagram.'),
  endpoint(
    'POST messages',
    'partial',
    'Text, quick replies, templates, files by their address, uploaded or saved, sender actions, personas, HUMAN_AGENT, UTILITY, reply_to, reactions of the Page, and thread_control with routing on. Templates other than button and generic are kept and shown as they were sent; list and open_graph have ended. Somebody known by user_ref, phone_number, comment_id or post_id becomes a customer of their own. No recipient by one_time_notif_token. That echoes have reply_to, and that no app hears of a reaction of the Page, is guessed.',
  ),
  endpoint(
    'GET message_templates',
    'partial',
    "Templates of utility messages, those that were made here: none of Meta's.",
  ),
  endpoint('POST message_templates', 'partial', 'Each is approved at once, and no webhook tells so.'),
  endpoint('DELETE message_templates', 'partial', 'By name, in all languages.'),
  endpoint('POST message_attachments', 'partial', 'A file is kept until a reset.'),
  endpoint(
    'GET conversations',
    'partial',
    'Folders and tags are passed over, and there is no way back to the page before.',
  ),
  endpoint('GET conversation', 'partial', 'No link, no snippet, no tags.'),
  endpoint(
    'GET conversation messages',
    'partial',
    'Messages older than the newest 20 have no details; how Meta leaves those out is guessed.',
  ),
  endpoint(
    'GET message',
    'partial',
    'Only the newest 20 of a conversation can be read; how others are refused is guessed.',
  ),
  endpoint('GET user', 'partial', 'All customers have the same locale, time zone, gender and picture.'),
  endpoint('GET personas', 'supported'),
  endpoint('POST personas', 'supported'),
  endpoint('GET persona', 'supported'),
  endpoint('DELETE persona', 'supported'),
  endpoint(
    'GET page',
    'partial',
    'A dozen fields; others that a Page has are left out, and one that no Page has voids the answer, as was recorded. Which flag of messaging_feature_status means that routing is on is unproven.',
  ),
  endpoint(
    'POST messenger_profile',
    'partial',
    'get_started, greeting, ice_breakers and persistent_menu are checked and shown; the other properties are kept and given back.',
  ),
  endpoint('GET messenger_profile', 'partial', "Only the calling app's, as it was sent."),
  endpoint('DELETE messenger_profile', 'partial', "Only the calling app's."),
  endpoint(
    'POST subscribed_apps',
    'partial',
    'Every field of a Page can be subscribed to; only those of Messenger are ever sent.',
  ),
  endpoint('GET subscribed_apps', 'partial', "Only the calling app's."),
  endpoint('DELETE subscribed_apps', 'supported'),
  endpoint('GET debug_token', 'partial', "Only of the calling app's tokens; no granular_scopes."),
  endpoint('GET subscriptions', 'partial', "Only the app token's app, and the object page."),
  endpoint(
    'POST subscriptions',
    'partial',
    'Registers the callback, for the object page. Which webhooks come is decided by subscribed_apps alone.',
  ),
  endpoint('DELETE subscriptions', 'partial', 'Of all objects at once.'),
  endpoint(
    'POST batch',
    'partial',
    'Calls of a batch are made one after the other, and none is cut off for taking too long.',
  ),
  endpoint(
    'GET ids',
    'supported',
    'Several objects, or an edge of each, with `ids`. An id that is wrong refuses them all.',
  ),
  endpoint(
    'GET oauth/access_token',
    'partial',
    'By POST too. There is no login: any code or token is exchanged for that of the person who set up the Page, for two months.',
  ),
  endpoint('GET person', 'partial', 'The person who set up the Page: a name and an id.'),
  endpoint('GET person accounts', 'partial', 'There is one Page.'),
  endpoint('GET accounts', 'partial', 'Also with the token of the Page, which Meta refuses.'),
  endpoint('POST page_activities', 'partial', 'Faked: it always reports success.'),
  ...[
    ...[
      'POST nlp_configs',
      'POST unlink_accounts',
      'GET custom_labels',
      'POST custom_labels',
      'GET user custom_labels',
    ],
    ...['GET label', 'DELETE label', 'POST label label', 'DELETE label label'],
    ...['GET custom_user_settings', 'POST custom_user_settings', 'DELETE custom_user_settings'],
    ...['GET messaging_feature_review', 'GET insights', 'GET user ids_for_apps', 'GET user ids_for_pages'],
  ].map((name) => endpoint(name, 'partial', 'Faked: it always reports success, or an empty list.')),
  endpoint('POST pass_thread_metadata', 'notSupported', 'Only the 2021 protocol had it.'),
  event(
    'message',
    'partial',
    'Text, quick replies, files, is_unsupported, reply_to, and the referral of an ad or a link; no commands.',
  ),
  event(
    'message echo',
    'supported',
    "A template is echoed as it was sent, with the titles of its buttons cut. Those of Meta's AI have ai_generated.",
  ),
  event('admin_text', 'partial', "Of Meta's AI, and any other on command; when Meta sends them is unknown."),
  event(
    'postback',
    'supported',
    'With a referral only as the first thing that a customer does. Taps of ice breakers and menus are postbacks with a payload.',
  ),
  event('read', 'supported', 'On command; with the switch receipts, the page reads what it shows.'),
  event(
    'delivery',
    'supported',
    'On command or, with the switch receipts, at once. Of several messages it names the last.',
  ),
  event('reaction', 'supported', 'Only to the app that may answer: whether others hear of it is not published.'),
  event(
    'referral',
    'partial',
    'Of m.me links and ads, in an existing conversation, and only to the app that may answer.',
  ),
  event('optin', 'partial', 'Only of marketing messages, and only to the app that may answer.'),
  event(
    'account_linking',
    'partial',
    'Of a tap on a button to log in or out, and only to the app that may answer; nothing calls the address of the button.',
  ),
  event('pass_thread_control', 'supported'),
  event(
    'take_thread_control',
    'supported',
    'Only the app that loses the thread hears of it; switchable, as is how often.',
  ),
  event('request_thread_control', 'supported', 'In routing only by switch.'),
  event('app_roles', 'supported'),
  event('message_edit', 'notSupported', 'Messages stay as they are.'),
];
