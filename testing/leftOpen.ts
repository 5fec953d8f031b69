/** How long nobody has to have used a stage before that is told, in milliseconds of real time. */
const quietMs = 10_000;

export interface LeftOpenOptions {
  /** Like `setTimeout`, but does not keep the process alive; returns a function that cancels. */
  readonly after?: (ms: number, work: () => void) => () => void;
  readonly tell?: (warning: string) => void;
}

/** Tells of a stage that is left open: its ports keep the process from ending, and most test runners wait for that without a word. */
export class LeftOpen {
  readonly #after: (ms: number, work: () => void) => () => void;
  readonly #tell: (warning: string) => void;
  readonly #place = callerOf(new Error().stack ?? '');
  #cancel = (): void => undefined;

  constructor({ after = afterTimeout, tell = warn }: LeftOpenOptions = {}) {
    this.#after = after;
    this.#tell = tell;
  }

  /** Somebody uses the stage, or has closed it. */
  stop(): void {
    this.#cancel();
  }

  /** From here on nobody uses it. */
  start(): void {
    this.stop();
    this.#cancel = this.#after(quietMs, () =>
      this.#tell(
        `A stage is open that nobody has used for ${quietMs / 1000} s, and this process cannot end before it is closed: open it by ` +
          `\`await using\` or withStage, or close it in an afterEach. It was opened ${this.#place}.`,
      ),
    );
  }
}

/** The first line of a stack that is not of this folder. */
function callerOf(stack: string): string {
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const here = new URL('.', import.meta.url).href;
  return lines.find((line) => !line.includes(here))?.trim() ?? 'somewhere';
}

function afterTimeout(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
}

function warn(warning: string): void {
  process.emitWarning(warning, 'StageLeftOpenWarning');
}
