/** Why the process cannot start, for the person who started it: `message` says what is wrong and what to do about it. */
export class StartProblemError extends Error {
  override readonly name = 'StartProblem';
}

const fixes: Readonly<Record<string, (setting: string) => string>> = {
  EADDRINUSE: (setting) => `Stop what uses the port, or set ${setting} to another one.`,
  EACCES: (setting) => `The system keeps that port for others: set ${setting} to one above 1023.`,
  EADDRNOTAVAIL: () => 'This machine does not have that address: set Host to one that it has.',
  ENOTFOUND: () => 'There is no address of that name: set Host to an address of this machine.',
};

/** An error from listening at a port as a sentence with its fix; `setting` names the port. Undefined for any other error. */
export function explainListening(error: unknown, setting: string): StartProblemError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  if (error.syscall !== 'listen' && error.syscall !== 'getaddrinfo') return undefined;
  const fix = fixes[String(error.code)]?.(setting);
  return fix === undefined ? undefined : new StartProblemError(`${error.message}. ${fix}`);
}
