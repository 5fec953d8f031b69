import { findSecrets } from './plantedSecrets.ts';

/** The made-up secrets that tests use, besides the planted ones: none has any business in the output of the tests. */
const fakeSecrets =
  /\b(?:a-)?fake-(?:page-token|app-secret|bot-password|verify-token|token|password)\b|emulated-(?:page-token|app-secret|verify-token|bot-password)-of-\w+/g;

const found = new Set<string>();

/** Looks at everything that is written to the stream from now on. */
export function watch(stream: { write(...args: unknown[]): boolean }): void {
  const write = stream.write.bind(stream);
  stream.write = (...args: unknown[]): boolean => {
    const [chunk] = args;
    const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8') : String(chunk);
    for (const secret of [...findSecrets(text), ...(text.match(fakeSecrets) ?? [])]) found.add(secret);
    return write(...args);
  };
}
/**
 * Takes colours out of what the tests print and out of what the programs that they start print, wherever they run: a terminal and CI services
 * ask for them, and what a test reads must not depend on it.
 */
export function leaveOutColours(env: NodeJS.ProcessEnv): void {
  for (const name of ['FORCE_COLOR', 'CLICOLOR_FORCE', 'MOCHA_COLORS']) Reflect.deleteProperty(env, name);
  env['NO_COLOR'] = '1';
}
leaveOutColours(process.env);

// From the moment at which this file is loaded, which is before the first test.
for (const stream of [process.stdout, process.stderr]) watch(stream);

/** What was found so far, and forgets it. */
export function takeFoundSecrets(): string[] {
  const secrets = [...found];
  found.clear();
  return secrets;
}

/** Hooks for all tests: fails the run when a secret was in its output. */
export const mochaHooks = {
  afterAll(): void {
    const secrets = takeFoundSecrets();
    if (secrets.length > 0) throw new Error(`The output of the tests has secrets in it: ${secrets.join(', ')}`);
  },
};
