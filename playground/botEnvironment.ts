/** What a process needs of its platform (Windows opens no socket without `SystemRoot`), and what lets it start faster. */
const inherited = ['SystemRoot', 'NODE_COMPILE_CACHE'];

/** Whether the user's shell has a variable of this name. */
export const isSetInShell = (name: string): boolean => process.env[name] !== undefined;

/**
 * The whole environment of a bot process: its settings, and nothing of the user's but the own settings of the bot, whose names begin with
 * `My`, and what the user lets through. A `FacebookPageToken` of a real Page in
 * the user's shell must not get into an experiment, nor a proxy between two ports of this machine.
 */
export function botEnvironment(
  settings: Readonly<Record<string, string>>,
  passed: readonly string[] = [],
): Record<string, string> {
  const own = Object.keys(process.env).filter((name) => /^My./.test(name));
  const platform = [...inherited, ...own, ...passed].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // What a game leaves behind belongs in no folder of the user, and its clock may be moved.
  return { ...Object.fromEntries(platform), StorePath: ':memory:', EventTimes: 'unchecked', ...settings };
}
