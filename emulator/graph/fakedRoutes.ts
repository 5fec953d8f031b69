import type { JsonObject } from '../json.ts';
import type { GraphReply, GraphRoute } from './graphCall.ts';

const fake = (body: JsonObject): GraphReply => ({ type: 'answer', body, faked: true });
const nothing = fake({ data: [] });
const succeeded = fake({ success: true });

/** The label that every client gets who makes one. */
export const labelId = '1';

interface Faked extends Pick<GraphRoute, 'method' | 'edge' | 'params'> {
  readonly on?: 'user' | 'label';
  readonly reply?: GraphReply;
}

/**
 * Calls of a set-up that change nothing which the emulator shows. They are answered as Meta does when all is well, so that a set-up goes
 * on, and the answer is marked.
 */
const faked: readonly Faked[] = [
  { method: 'POST', edge: 'nlp_configs', params: ['nlp_enabled', 'model', 'custom_token', 'verbose', 'n_best'] },
  { method: 'POST', edge: 'unlink_accounts', params: ['psid'], reply: fake({ result: 'unlink account success' }) },
  { method: 'GET', edge: 'custom_labels', params: [] },
  { method: 'POST', edge: 'custom_labels', params: ['name', 'page_label_name'], reply: fake({ id: labelId }) },
  { method: 'GET', on: 'label', edge: '', params: [], reply: fake({ id: labelId }) },
  { method: 'DELETE', on: 'label', edge: '', params: [] },
  { method: 'POST', on: 'label', edge: 'label', params: ['user'] },
  { method: 'DELETE', on: 'label', edge: 'label', params: ['user'] },
  { method: 'GET', on: 'user', edge: 'custom_labels', params: [] },
  { method: 'GET', edge: 'custom_user_settings', params: ['psid'] },
  { method: 'POST', edge: 'custom_user_settings', params: ['psid', 'persistent_menu'] },
  { method: 'DELETE', edge: 'custom_user_settings', params: ['psid', 'params'] },
  { method: 'GET', edge: 'messaging_feature_review', params: [] },
  { method: 'GET', edge: 'insights', params: ['metric', 'period', 'since', 'until'] },
  { method: 'GET', on: 'user', edge: 'ids_for_apps', params: ['page', 'app'] },
  { method: 'GET', on: 'user', edge: 'ids_for_pages', params: ['page', 'app'] },
];

export const fakedRoutes: readonly GraphRoute[] = faked.map(({ reply, ...route }) => {
  const always = reply ?? (route.method === 'GET' ? nothing : succeeded);
  return { ...route, handle: () => always };
});
