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
  endpoint('POST pass_thread_control', 'supported'),
  endpoint('POST take_thread_control', 'supported', 'The body of a refusal is guessed.'),
  endpoint('POST request_thread_control', 'supported', 'The body of a refusal is guessed.'),
  endpoint('POST release_thread_control', 'supported'),
  endpoint('POST extend_thread_control', 'supported', 'Threads from ads, which last 30 days, are not known.'),
  endpoint('GET thread_owner', 'supported', 'app_id is always a string, as recorded in 2018.'),
  endpoint('GET secondary_receivers', 'partial', 'No paging, no Instagram.'),
  endpoint(
    'POST messages',
    'partial',
    'Text, quick replies with text, button templates with postback buttons, sender actions, HUMAN_AGENT. No other attachments, no personas, no UTILITY, no thread_control, no reply_to.',
  ),
  endpoint('GET conversations', 'partial', 'No paging; a conversation or a message cannot be read by its own id.'),
  endpoint('GET page', 'partial', 'Only id, name and messaging_feature_status.'),
  endpoint('POST subscribed_apps', 'notSupported', 'Every app is subscribed to everything.'),
  endpoint('GET subscribed_apps', 'notSupported', 'Every app is subscribed to everything.'),
  endpoint('POST pass_thread_metadata', 'notSupported', 'Only the 2021 protocol had it.'),
  endpoint('POST personas', 'notSupported', 'Messages come from the Page.'),
  event('message', 'partial', 'Text and quick replies; no attachments, reply_to, referral or commands.'),
  event('message echo', 'partial', 'An echo of a button template carries its text only.'),
  event('postback', 'supported', 'No referral.'),
  event('read', 'supported', 'Sent on command only.'),
  event('delivery', 'supported', 'Sent on command only, for the last message.'),
  event('pass_thread_control', 'supported'),
  event('take_thread_control', 'supported', 'Only the app that loses the thread hears of it; switchable.'),
  event('request_thread_control', 'supported', 'In routing only by switch.'),
  event('app_roles', 'supported'),
  event('reaction', 'notSupported', 'The customer cannot react.'),
  event('referral', 'notSupported', 'There are no links and no ads.'),
  event('optin', 'notSupported', 'There are no plug-ins.'),
  event('message_edit', 'notSupported', 'Messages stay as they are.'),
];
