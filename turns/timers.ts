/** Like `setTimeout`; returns a function that cancels. */
export type After = (ms: number, work: () => void) => () => void;

/** Like `setInterval`; returns a function that cancels. */
export type Every = (ms: number, work: () => void) => () => void;

export const afterTimeout: After = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

/** Does not keep the process running. */
export const everyInterval: Every = (ms, work) => {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
};
