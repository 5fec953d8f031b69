/** One call of the Azure CLI as it stands in a script: its words, and the names of its options in their order. */
export interface AzCall {
  readonly command: string;
  readonly options: readonly string[];
}

const optionsIn = (text: string): string[] => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);

/**
 * The calls of `az` in a script for bash or PowerShell, in the order in which they stand there. What a list of arguments holds that is
 * put into a call, `"${arguments[@]}"` or `@arguments`, counts as if it stood there itself.
 */
export function azCallsIn(source: string): AzCall[] {
  const code = source
    .replaceAll(/<#[\s\S]*?#>/g, '')
    .replaceAll(/<<'TEXT'[\s\S]*?\nTEXT\n/g, '')
    .replaceAll(/(?<=^|\s)#.*$/gm, '')
    .replaceAll(/\\\n\s*/g, ' ');
  const shared = /^ *\$?arguments ?=(?: ?@)?\(([\s\S]*?)\n? *\)$|^ *arguments=\(([\s\S]*?)\)$/m.exec(code);
  const sharedOptions = optionsIn(shared?.[1] ?? shared?.[2] ?? '');
  return [...code.matchAll(/(?<=^|[\s(])(?:az|Invoke-Az) ((?:[a-z]+(?:-[a-z]+)* )+)(.*)$/gm)].map(
    ([, command = '', rest = '']) => ({
      command: command.trim(),
      options: rest
        .split(/("\$\{arguments\[@\]\}"|@arguments\b)/)
        .flatMap((part) => (/arguments/.test(part) ? sharedOptions : optionsIn(part))),
    }),
  );
}
