import type { MessengerProfile } from '../core/state.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { ParameterError, type GraphCall } from './graphCall.ts';
import { anyParam, membersParam, objectParam, stringParam } from './graphParams.ts';

/** Properties that are kept as they are sent. `target_audience` is dead on Meta, and still sent. */
const plainProperties = [
  ...(['account_linking_url', 'commands', 'home_url', 'payment_settings'] as const),
  ...(['subject_to_new_eu_privacy_rules', 'target_audience', 'whitelisted_domains'] as const),
] as const;

export const profileProperties = [
  ...(['get_started', 'greeting', 'ice_breakers', 'persistent_menu'] as const),
  ...plainProperties,
] as const;

export function isProfileProperty(name: string): name is (typeof profileProperties)[number] {
  return profileProperties.some((property) => property === name);
}

/** Source: https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api */
const maxGreeting = 160;
const maxIceBreakers = 4;
const maxPayload = 1000;
const maxMenuTitle = 30;
const maxMenuItems = 20;

/** Reads the properties to set. What Meta would refuse is a `ParameterError`. */
export function readProfile({ params, state }: GraphCall): MessengerProfile {
  const profile: Record<string, unknown> = {};
  if (params['get_started'] !== undefined) profile['get_started'] = readGetStarted(params);
  for (const [name, check] of [
    ['greeting', state.switches.longGreetings === 'refused' ? checkLongGreeting : checkGreeting],
    ['ice_breakers', checkIceBreakers],
    ['persistent_menu', checkMenu],
  ] as const) {
    if (params[name] === undefined) continue;
    const list = readList(params, name);
    check(list);
    profile[name] = list;
  }
  for (const name of plainProperties) {
    if (params[name] !== undefined) profile[name] = anyParam(params, name);
  }
  if (Object.keys(profile).length === 0) {
    throw new ParameterError(`One of ${profileProperties.join(', ')} is required.`);
  }
  return profile;
}

function readGetStarted(params: JsonObject): JsonObject {
  const getStarted = objectParam(params, 'get_started') ?? {};
  return { payload: readPayload(getStarted, 'get_started') };
}

function readPayload(from: JsonObject, what: string): string {
  const payload = stringParam(from, 'payload') ?? '';
  if (payload === '' || payload.length > maxPayload) {
    throw new ParameterError(`The payload of ${what} has to have 1 to ${maxPayload} characters.`);
  }
  return payload;
}

function readList(params: JsonObject, name: string): readonly JsonObject[] {
  const list = membersParam(params, name) ?? [];
  if (list.length === 0) throw new ParameterError(`${name} has to be a list that is not empty.`);
  return list.map((member) => {
    if (!isJsonObject(member)) throw new ParameterError(`${name} has to be a list of objects.`);
    return member;
  });
}

const hasDefault = (list: readonly JsonObject[]): boolean => list.some(({ locale }) => locale === 'default');

function checkGreeting(greetings: readonly JsonObject[]): void {
  if (!hasDefault(greetings)) throw new ParameterError('greeting needs one for the locale default.');
  for (const greeting of greetings) {
    const text = stringParam(greeting, 'text') ?? '';
    if (text === '') throw new ParameterError('A greeting needs a text.');
  }
}

function checkLongGreeting(greetings: readonly JsonObject[]): void {
  checkGreeting(greetings);
  if (greetings.some((greeting) => (stringParam(greeting, 'text') ?? '').length > maxGreeting)) {
    throw new ParameterError(`The text of a greeting may have at most ${maxGreeting} characters.`);
  }
}

/** Both forms: the questions themselves, or per locale with `call_to_actions`. */
function checkIceBreakers(list: readonly JsonObject[]): void {
  const localized = list.some((member) => member['call_to_actions'] !== undefined);
  if (localized && !hasDefault(list)) throw new ParameterError('ice_breakers needs those of the locale default.');
  const groups = localized ? list.map((member) => readList(member, 'call_to_actions')) : [list];
  for (const group of groups) {
    if (group.length > maxIceBreakers) {
      throw new ParameterError(`ice_breakers may have at most ${maxIceBreakers} questions.`);
    }
    for (const breaker of group) {
      if ((stringParam(breaker, 'question') ?? '') === '') throw new ParameterError('An ice breaker needs a question.');
      readPayload(breaker, 'an ice breaker');
    }
  }
}

function checkMenu(menus: readonly JsonObject[]): void {
  if (!hasDefault(menus)) throw new ParameterError('persistent_menu needs one for the locale default.');
  for (const menu of menus) {
    if (menu['call_to_actions'] === undefined && String(menu['composer_input_disabled']) === 'true') continue;
    const items = readList(menu, 'call_to_actions');
    if (items.length > maxMenuItems) throw new ParameterError(`A menu may have at most ${maxMenuItems} items.`);
    for (const item of items) {
      const title = stringParam(item, 'title') ?? '';
      if (title === '' || title.length > maxMenuTitle) {
        throw new ParameterError(`The title of a menu item has to have 1 to ${maxMenuTitle} characters.`);
      }
      if (item['type'] === 'postback') readPayload(item, 'a menu item');
      else if (item['type'] !== 'web_url') throw new ParameterError('A menu item is of type postback or web_url.');
    }
  }
}
