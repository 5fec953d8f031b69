import { ESLint } from 'eslint';
import ts from 'typescript';

/**
 * `node commands/launch.js commands/checkCode.ts <tsconfig> …`: `check:lint` and `check:types` in one process, so that each file is parsed and
 * each type inferred once, which saves about a quarter of the time. The exit code is 1 if anything is wrong.
 */
const problems: ts.Diagnostic[] = [];

function programOf(config: string): ts.Program {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem: ts.Diagnostic) => void problems.push(problem),
  };
  // Not incremental: saved results would hold no types for the lint rules.
  const parsed = ts.getParsedCommandLineOfConfigFile(config, { incremental: false, tsBuildInfoFile: undefined }, host);
  const program = ts.createProgram(parsed?.fileNames ?? [], parsed?.options ?? {});
  problems.push(...(parsed?.errors ?? []), ...ts.getPreEmitDiagnostics(program));
  return program;
}

const programs = process.argv.slice(2).map(programOf);
process.stdout.write(
  ts.formatDiagnostics(problems, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => '\n',
  }),
);

const parserOptions = { programs, project: null, projectService: false };
const eslint = new ESLint({ overrideConfig: { languageOptions: { parserOptions } } });
const results = await eslint.lintFiles(['.']);
process.stdout.write(await (await eslint.loadFormatter()).format(results));
if (problems.length > 0 || results.some((file) => file.errorCount + file.warningCount > 0)) process.exitCode = 1;
