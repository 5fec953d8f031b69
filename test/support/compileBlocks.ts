import { join, posix } from 'node:path';
import ts from 'typescript';
import { readMarkdown } from './markdown.ts';

/** A block of a document as a file of the project that exists only in memory. */
export interface CodeBlock {
  /** Where it stands, for people: `README.md:12`. */
  where: string;
  /** The path from the root that it is compiled under, which its imports are relative to. */
  file: string;
  /** The path that its first line gives it, where other blocks import it from. */
  named?: string;
  text: string;
}

/** The blocks marked `ts`, as files beside their document. A first line such as `// bots/myBot.ts` says which file it would be. */
export function codeBlocksOf(documents: ReadonlyMap<string, string>): CodeBlock[] {
  return [...documents].flatMap(([path, text]) =>
    readMarkdown(text)
      .blocks.filter(({ info }) => info === 'ts')
      .map((block, index) => {
        const [, named] = /^\/\/ ([\w/.-]+\.ts)(?:\n|$)/.exec(block.text) ?? [];
        const name = `${path.replaceAll(/\W/g, '_')}_${index}.ts`;
        return {
          where: `${path}:${block.line}`,
          file: posix.join(posix.dirname(named ?? path), name),
          ...(named === undefined ? {} : { named }),
          text: block.text,
        };
      }),
  );
}

/** What the compiler says about the blocks, under the project's own strictness, as sentences. */
export function findCompileErrors(root: string, blocks: readonly CodeBlock[]): string[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...Object(config.config), files: [], include: [] }, ts.sys, root);
  const compilerOptions: ts.CompilerOptions = {
    ...options,
    moduleDetection: ts.ModuleDetectionKind.Force,
    // A block shows a part of a program, so it may leave things unused.
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const byPath = new Map(blocks.map((block) => [ts.sys.resolvePath(join(root, block.file)), block]));
  const byName = new Map(
    blocks.flatMap((block) =>
      block.named === undefined ? [] : [[ts.sys.resolvePath(join(root, block.named)), block] as const],
    ),
  );
  const blockAt = (path: string): CodeBlock | undefined => {
    const whole = ts.sys.resolvePath(path);
    return byPath.get(whole) ?? (ts.sys.fileExists(whole) ? undefined : byName.get(whole));
  };
  const disk = ts.createCompilerHost(compilerOptions, true);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => blockAt(path) !== undefined || disk.fileExists(path),
    readFile: (path) => blockAt(path)?.text ?? disk.readFile(path),
    getSourceFile: (path, languageVersion, ...rest) => {
      const text = blockAt(path)?.text;
      if (text === undefined) return disk.getSourceFile(path, languageVersion, ...rest);
      return ts.createSourceFile(path, text, languageVersion, true);
    },
  };
  const program = ts.createProgram([...byPath.keys()], compilerOptions, host);
  return [...byPath].flatMap(([path, block]) => {
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${block.where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}
