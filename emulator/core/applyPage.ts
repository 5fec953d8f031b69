import type { PageCommand } from './commands.ts';
import { changeOwner, nextTimestamp, pushWebhook, refuse, ruleForActor, type Draft } from './draft.ts';
import type { Effect, Result } from './effects.ts';
import { roleOf, ruleFor } from './rules.ts';
import {
  metaAiAppId,
  pageInboxAppId,
  threadOf,
  type AppState,
  type EntryPoints,
  type MessengerProfile,
  type MetaAi,
  type Mode,
} from './state.ts';
import { isReceiver } from './applyApp.ts';
import { changeNodes } from './applyNodes.ts';
import { appRolesItem } from './webhookItems.ts';

const firstPsid = 7_004_000_000_000_001;

/** What concerns the Page and not one conversation alone. */
export function applyPageCommand(draft: Draft, command: PageCommand): Result {
  switch (command.type) {
    case 'secondaryReceivers':
      return secondaryReceivers(draft, command.appId);
    case 'addCustomer':
      return addCustomer(draft, command);
    case 'addPersona':
    case 'deletePersona':
    case 'saveAsset':
    case 'addMessageTemplate':
    case 'deleteMessageTemplate':
      return changeNodes(draft, command);
    case 'setMode':
      return setMode(draft, command.mode);
    case 'setPrimary':
      return setPrimary(draft, command.appId);
    case 'setMayTakeControl':
      return setMayTakeControl(draft, command.appId, command.allowed);
    case 'setMetaAi':
      return setMetaAi(draft, command.metaAi);
    case 'setEntryPoints':
      return setEntryPoints(draft, command.entryPoints);
    case 'setSwitches':
      draft.state = { ...draft.state, switches: { ...draft.state.switches, ...command.switches } };
      draft.effects.push({ type: 'switchesChanged', switches: draft.state.switches });
      return { type: 'done' };
    case 'subscribe': {
      const { appId } = command;
      const fields = command.fields === null ? null : [...new Set(command.fields)];
      return changeApp(draft, appId, { subscribedFields: fields }, { type: 'subscriptionChanged', appId, fields });
    }
    case 'setProfile':
      return setProfile(draft, command.appId, command.profile);
    case 'expire':
      return { type: 'done' };
  }
}

function changeApp(draft: Draft, appId: string, change: Partial<AppState>, effect: Effect): Result {
  const { state } = draft;
  if (!state.apps.some(({ id }) => id === appId)) return noSuchApp(appId);
  draft.state = { ...state, apps: state.apps.map((app) => (app.id === appId ? { ...app, ...change } : app)) };
  draft.effects.push(effect);
  return { type: 'done' };
}

function setProfile(draft: Draft, appId: string, changes: MessengerProfile): Result {
  const before = draft.state.apps.find(({ id }) => id === appId)?.profile ?? {};
  const profile = Object.fromEntries(
    Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined),
  );
  const properties = Object.keys(profile);
  return changeApp(draft, appId, { profile }, { type: 'profileChanged', appId, properties });
}

/** Ends the ownership of every thread whose time is over. Every command begins with it. */
export function expireThreads(draft: Draft): void {
  const over = Object.values(draft.state.threads).filter(
    ({ expiresAt }) => expiresAt !== null && expiresAt <= draft.now,
  );
  for (const { psid } of over) {
    const rule = ruleForActor(draft, psid, 'time', 'time', 'dayPasses');
    if ('next' in rule.then && rule.then.next === 'nobody') changeOwner(draft, psid, null, 'expiry', rule);
  }
}

function secondaryReceivers(draft: Draft, appId: string): Result {
  const { state } = draft;
  const role = roleOf(state, appId);
  // The owner of a thread plays no part in it; the primary receiver is asked as the owner, as good as any.
  const rule = ruleFor({
    mode: state.mode,
    role,
    owner: 'self',
    command: 'secondaryReceivers',
    switches: state.switches,
    mayTakeControl: 'no',
  });
  if ('fault' in rule.then) {
    return refuse(draft, { by: appId, command: 'secondaryReceivers' }, rule.then.fault, rule.then.because, rule);
  }
  const others = state.apps.filter(({ id }) => id !== appId).map(({ id, name }) => ({ id, name }));
  return { type: 'receivers', receivers: [...others, { id: pageInboxAppId, name: 'Page Inbox' }] };
}

type AddCustomer = Extract<PageCommand, { readonly type: 'addCustomer' }>;

function addCustomer(draft: Draft, { name, psid: wanted, knownBy }: AddCustomer): Result {
  const { customers, customerCount } = draft.state;
  const psid = wanted ?? String(firstPsid + customerCount);
  if (!/^\d{1,20}$/.test(psid)) return { type: 'impossible', because: 'A page-scoped id consists of digits.' };
  if (customers.some((customer) => customer.psid === psid)) {
    return { type: 'impossible', because: `There is a customer ${psid} already.` };
  }
  const customer = { psid, name, ...(knownBy === undefined ? {} : { knownBy }) };
  draft.state = { ...draft.state, customers: [...customers, customer], customerCount: customerCount + 1 };
  draft.effects.push({ type: 'customerAdded', psid, name });
  return { type: 'done', psid };
}

function setMode(draft: Draft, mode: Mode): Result {
  const { state } = draft;
  if (mode === state.mode) return { type: 'done' };
  if (mode === 'classic' && state.primaryAppId === pageInboxAppId) return inboxIsSecondary;
  draft.state = { ...state, mode };
  draft.effects.push({ type: 'modeChanged', mode });
  for (const psid of Object.keys(state.threads)) {
    const { owner } = threadOf(draft.state, psid);
    // The older protocols know no AI of Meta's.
    const known = owner === metaAiAppId ? null : owner;
    const next = { classic: known ?? state.primaryAppId, exclusive: known, routing: owner, open: null };
    changeOwner(draft, psid, next[mode], 'settings');
  }
  return { type: 'done' };
}

function setMetaAi(draft: Draft, metaAi: MetaAi): Result {
  if (metaAi === draft.state.metaAi) return { type: 'done' };
  draft.state = { ...draft.state, metaAi };
  draft.effects.push({ type: 'metaAiChanged', metaAi });
  for (const { psid, owner } of Object.values(draft.state.threads)) {
    if (metaAi === 'off' && owner === metaAiAppId) changeOwner(draft, psid, null, 'settings');
  }
  return { type: 'done' };
}

function setEntryPoints(draft: Draft, entryPoints: EntryPoints): Result {
  const { social, ad, links = {} } = entryPoints;
  for (const appId of [social, ad, ...Object.values(links)]) {
    if (appId !== undefined && !isReceiver(draft, appId)) return noSuchApp(appId);
  }
  draft.state = { ...draft.state, entryPoints };
  draft.effects.push({ type: 'entryPointsChanged', entryPoints });
  return { type: 'done' };
}

const inboxIsSecondary: Result = {
  type: 'impossible',
  because: 'In the classic protocol the Page Inbox can only be a secondary receiver.',
};

function setPrimary(draft: Draft, appId: string): Result {
  const { state } = draft;
  if (appId !== pageInboxAppId && !state.apps.some(({ id }) => id === appId)) return noSuchApp(appId);
  if (appId === pageInboxAppId && state.mode === 'classic') return inboxIsSecondary;
  if (state.mode === 'open') {
    return { type: 'impossible', because: 'A Page in the mode open has no default app; change the mode to routing.' };
  }
  const demoted = state.primaryAppId;
  if (appId === demoted) return { type: 'done' };
  draft.state = { ...state, primaryAppId: appId };
  tellRoles(draft);
  for (const [changed, role] of [
    [appId, 'primary_receiver'],
    [demoted, 'secondary_receiver'],
  ] as const) {
    if (changed === pageInboxAppId) continue;
    const timestamp = nextTimestamp(draft);
    pushWebhook(draft, {
      appId: changed,
      channel: 'messaging',
      kind: 'app_roles',
      timestamp,
      item: appRolesItem(state.page.id, timestamp, changed, role),
    });
  }
  return { type: 'done' };
}

function setMayTakeControl(draft: Draft, appId: string, allowed: 'yes' | 'no'): Result {
  const { state } = draft;
  if (!state.apps.some(({ id }) => id === appId)) return noSuchApp(appId);
  const mayTakeControl = allowed === 'yes';
  draft.state = { ...state, apps: state.apps.map((app) => (app.id === appId ? { ...app, mayTakeControl } : app)) };
  tellRoles(draft);
  return { type: 'done' };
}

const noSuchApp = (appId: string): Result => ({ type: 'impossible', because: `There is no app ${appId}.` });

function tellRoles(draft: Draft): void {
  const { primaryAppId, apps } = draft.state;
  const mayTakeControl = apps.filter((app) => app.mayTakeControl).map(({ id }) => id);
  draft.effects.push({ type: 'rolesChanged', primaryAppId, mayTakeControl });
}
