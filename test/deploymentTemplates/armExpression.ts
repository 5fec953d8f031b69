import { createHash } from 'node:crypto';
import type { ArmTemplate } from './armTemplate.ts';

/** What an expression of a template comes to. */
export type ArmValue = string | number | boolean | null | ArmValue[] | { [name: string]: ArmValue };

export interface ArmScope {
  readonly template: ArmTemplate;
  readonly parameters: Readonly<Record<string, ArmValue>>;
  /** Told the id of each resource whose state an expression asks for. Those values exist after a deployment only. */
  readonly onReference?: (id: string) => void;
}

const group = '/subscriptions/the-subscription/resourceGroups/the-group';

/**
 * Comes to the value of a text of a template: an expression, or a text that stands for itself. Knows the functions that the templates use;
 * another one is an error, and so is one argument too few. What only Azure can tell is a word that says so, such as `<state of …>`.
 *
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
 */
export function evaluate(text: string, scope: ArmScope): ArmValue {
  if (!text.startsWith('[') || text.startsWith('[[')) return text;
  const tokens = text.slice(1, -1).match(/'(?:[^']|'')*'|[A-Za-z]\w*|-?\d+|[().,[\]]/g) ?? [];
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const take = (wanted?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`${wanted ?? 'more'} in ${text}`);
    return token;
  };
  const expression = (): ArmValue => {
    const token = take();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^-?\d/.test(token)) return Number(token);
    take('(');
    const values: ArmValue[] = [];
    while (peek() !== ')') {
      values.push(expression());
      if (peek() === ',') take();
    }
    take(')');
    let value = call(token, values, scope);
    while (peek() === '.') {
      take();
      const name = take();
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new Error(`.${name} of nothing in ${text}`);
      value = value[name] ?? null;
    }
    return value;
  };
  const value = expression();
  if (at !== tokens.length) throw new Error(`${tokens.slice(at).join('')} is left of ${text}`);
  return value;
}

/** Everything in a value, with the names of objects, evaluated. */
export function evaluateAll(value: unknown, scope: ArmScope): ArmValue {
  if (typeof value === 'string') return evaluate(value, scope);
  if (Array.isArray(value)) return value.map((item) => evaluateAll(item, scope));
  if (typeof value !== 'object' || value === null) return value as ArmValue;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [nameOf(evaluate(name, scope)), evaluateAll(inner, scope)]),
  );
}

function nameOf(value: ArmValue): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is no name`);
  return value;
}

function call(name: string, values: readonly ArmValue[], scope: ArmScope): ArmValue {
  const argument = (index: number): ArmValue => {
    const value = values[index];
    if (value === undefined) throw new Error(`${name} lacks an argument`);
    return value;
  };
  const text = (index: number): string => {
    const value = argument(index);
    if (typeof value !== 'string') throw new Error(`${name} wants a text: ${JSON.stringify(value)}`);
    return value;
  };
  const texts = (from: number): string[] => values.slice(from).map((_, index) => text(from + index));
  switch (name) {
    case 'parameters': {
      const known = scope.template.parameters[text(0)];
      if (known === undefined) throw new Error(`there is no parameter ${text(0)}`);
      const given = scope.parameters[text(0)] ?? known.defaultValue;
      if (given === undefined) throw new Error(`the parameter ${text(0)} was not given`);
      return typeof given === 'string' ? evaluate(given, scope) : (given as ArmValue);
    }
    case 'variables': {
      const known = scope.template.variables[text(0)];
      if (known === undefined) throw new Error(`there is no variable ${text(0)}`);
      return evaluate(known, scope);
    }
    case 'resourceId':
      return resourceId(`${group}/providers`, text(0), texts(1));
    case 'subscriptionResourceId':
      return resourceId('/subscriptions/the-subscription/providers', text(0), texts(1));
    case 'extensionResourceId':
      return resourceId(`${text(0)}/providers`, text(1), texts(2));
    case 'reference':
      scope.onReference?.(text(0));
      return stateOf(text(0), text(1));
    case 'resourceGroup':
      return { id: group, location: 'the-region' };
    case 'subscription':
      return { subscriptionId: 'the-subscription', tenantId: 'the-tenant' };
    case 'format':
      return text(0).replaceAll(/\{(\d+)\}/g, (_, index: string) => text(Number(index) + 1));
    case 'concat':
      return values.every((value) => Array.isArray(value)) ? values.flat() : texts(0).join('');
    case 'replace':
      return text(0).replaceAll(text(1), text(2));
    case 'uniqueString':
      return `u${hash(texts(0)).slice(0, 12)}`;
    case 'guid':
      return hash(texts(0)).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
    case 'if':
      return argument(0) === true ? argument(1) : argument(2);
    case 'equals':
      return argument(0) === argument(1);
    case 'not':
      return argument(0) !== true;
    case 'empty':
      return argument(0) === '';
    case 'true':
      return true;
    case 'null':
      return null;
    case 'createArray':
      return [...values];
    case 'createObject':
      return Object.fromEntries(
        values.flatMap((_, index) => (index % 2 === 0 ? [[text(index), argument(index + 1)] as const] : [])),
      );
    default:
      throw new Error(`${name} is not known here`);
  }
}

/** Another text for other texts, as `uniqueString` and `guid` give, though not the one that Azure makes. */
const hash = (texts: readonly string[]): string => createHash('sha256').update(texts.join('\n')).digest('hex');

/** The id of a resource from its type and the names of it and of what it belongs to. */
function resourceId(before: string, type: string, names: readonly string[]): string {
  const [provider = '', ...kinds] = type.split('/');
  if (kinds.length !== names.length) throw new Error(`${type} wants ${kinds.length} names: ${names.join()}`);
  return [before, provider, ...kinds.flatMap((kind, index) => [kind, names[index] ?? ''])].join('/');
}

/** What `reference` tells of a resource, as far as the templates ask for it. */
function stateOf(id: string, apiVersion: string): ArmValue {
  const word = (name: string): string => `<${name} of ${id.split('/').at(-1) ?? ''}>`;
  if (!/^\d{4}-\d\d-\d\d/.test(apiVersion)) throw new Error(`${apiVersion} is no version`);
  return Object.fromEntries(
    ['clientId', 'principalId', 'ConnectionString', 'defaultHostName'].map((name) => [name, word(name)]),
  );
}

/** The id of a resource of the template, of what stands under another resource, and of what extends one. */
export function idOf({ type, name, scope }: { type: string; name: string; scope?: unknown }): string {
  const base = typeof scope === 'string' ? `${resourceIdOf(scope)}/providers` : `${group}/providers`;
  return resourceId(base, type, name.split('/'));
}

const resourceIdOf = (scope: string): string => `${group}/providers/${scope}`;
