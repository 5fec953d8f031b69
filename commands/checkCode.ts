import { checkCode } from './checkedCode.ts';

/**
 * `node commands/launch.js commands/checkCode.ts <tsconfig> …`: `check:lint` and `check:types` in one process. The exit code is 1 if anything
 * is wrong.
 */
const { report, isRight } = await checkCode(process.cwd(), process.argv.slice(2));
process.stdout.write(report);
if (!isRight) process.exitCode = 1;
