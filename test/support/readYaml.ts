import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Reads a YAML file of the project, by its path from the root, with the parser that mocha brings along. */
export function readYaml(path: string): unknown {
  const ofMocha = createRequire(createRequire(import.meta.url).resolve('mocha'));
  const { load } = ofMocha('js-yaml') as { load: (text: string) => unknown };
  return load(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
}
