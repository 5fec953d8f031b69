import { readFileSync } from 'node:fs';

interface ServiceUrls {
  /** Where a bot of Azure's public cloud may send. */
  allowed: string[];
  /** Where it may not, and why. */
  hostile: { why: string; url: string }[];
}

export function serviceUrlFixtures(): ServiceUrls {
  const file = new URL('../fixtures/serviceUrls/serviceUrls.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as ServiceUrls;
}
