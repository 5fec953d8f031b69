import { readFileSync } from 'node:fs';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface ArmResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly condition?: string;
  readonly dependsOn?: readonly string[];
  readonly properties?: { readonly [name: string]: Json };
  readonly [around: string]: unknown;
}

export interface ArmParameter {
  readonly type: string;
  readonly defaultValue?: Json;
  readonly allowedValues?: readonly string[];
  readonly metadata?: { readonly description?: string };
}

export interface ArmTemplate {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly parameters: Readonly<Record<string, ArmParameter>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly resources: readonly ArmResource[];
  readonly outputs: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
}

const folder = new URL('../../deploymentTemplates/', import.meta.url);

export const readTemplateText = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
export const readTemplate = (name: string): ArmTemplate => JSON.parse(readTemplateText(name)) as ArmTemplate;

/** Every text in a value, with the path that leads there, lists as `[]`. */
export function textsIn(value: unknown, path = ''): { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => textsIn(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...textsIn(inner, path === '' ? name : `${path}.${name}`),
    // Names can be expressions as well.
    ...(name.startsWith('[') ? [{ path: `${path}{name}`, text: name }] : []),
  ]);
}

/** The paths of everything that is no object itself. */
export function leavesOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item: unknown) => leavesOf(item, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
}

export const isExpression = (text: string): boolean => text.startsWith('[') && !text.startsWith('[[');

/** The names that a function of an expression is called with as its first argument, as in `parameters('x')`. */
export function namesIn(text: string, functionName: string): string[] {
  if (!isExpression(text)) return [];
  return [...text.matchAll(new RegExp(`\\b${functionName}\\('([^']*)'`, 'g'))].map(([, name = '']) => name);
}

/** Whether brackets and quotes of an expression close, and it ends with its bracket. */
export function isBalanced(text: string): boolean {
  if (!text.endsWith(']')) return false;
  let depth = 0;
  for (const sign of text.slice(1, -1).replaceAll(/'(?:[^']|'')*'/g, '')) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (depth < 0 || sign === "'") return false;
  }
  return depth === 0;
}
