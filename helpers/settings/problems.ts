/** One thing that is wrong with the settings. Never holds a value, not even a part of one. */
export interface SettingsProblem {
  /** The setting's name, or the file's. */
  setting: string;
  /** What is wrong, as the rest of a sentence that begins with `setting`. */
  problem: string;
  /** What to do about it, as a sentence. */
  fix: string;
}

/** Thrown when the settings cannot be used. `message` lists every problem with its fix, one a line, and no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    const lines = problems.map(({ setting, problem, fix }) => `- ${setting} ${problem}. ${fix}`);
    super([`The settings have ${count}:`, ...lines].join('\n'));
    this.problems = problems;
  }
}
