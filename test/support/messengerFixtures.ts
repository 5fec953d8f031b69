import { readFileSync, readdirSync } from 'node:fs';
import type { Activity } from 'botbuilder';
import type { FacebookEvent } from '../../models/facebookEvent.ts';

/** A webhook body as Meta sends it, with the events that it holds, without `raw`. */
export interface MessengerFixture {
  provenance: string;
  payload: {
    object: string;
    entry: { id: string; time: number; hop_context?: unknown; messaging?: unknown[]; standby?: unknown[] }[];
  };
  expected: object[];
}

/** An activity as Azure's Facebook channel sends it, with its events, and for standby with who is who in each part. */
export interface AzureFixture {
  provenance: string;
  payload: Activity;
  expected: object[];
  activities?: { id: string; from?: string; recipient?: string; conversation?: string }[];
}

export function messengerFixtures(): Map<string, MessengerFixture> {
  return load('messenger') as Map<string, MessengerFixture>;
}

export function azureFixtures(): Map<string, AzureFixture> {
  return load('azureFacebookChannel') as Map<string, AzureFixture>;
}

/** An event as fixtures print it: without `raw`, the roles of `app_roles` as an object. */
export function printable(event: FacebookEvent): object {
  const { raw: _raw, ...rest } = event;
  return rest.kind === 'app_roles' ? { ...rest, roles: Object.fromEntries(rest.roles) } : rest;
}

function load(folder: string): Map<string, unknown> {
  const place = new URL(`../fixtures/${folder}/`, import.meta.url);
  const names = readdirSync(place).filter((name) => name.endsWith('.json'));
  return new Map(
    names.map((name) => [name.slice(0, -'.json'.length), JSON.parse(readFileSync(new URL(name, place), 'utf8'))]),
  );
}
