// Runs one file of the project on Node 24 or newer: `node commands/launch.js <file> [arguments]`.
// Plain JavaScript, because it must also start on an older Node, which cannot read TypeScript.
//
// npm links only one of several packages that offer a command named `node`, and npm 10 links none of them,
// so the packaged Node is looked up by its package and never through node_modules/.bin.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as module from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const neededMajor = 24;
const [file, ...rest] = process.argv.slice(2);

/** How often it is looked whether the shell of npm is still there, in milliseconds. */
const lookAfterParentMs = 250;

// Not for a script that leaves the program in the background: its shell goes at once, and the program is meant to stay.
if (/^node commands\/launch\.js [^&]*$/.test(process.env['npm_lifecycle_script'] ?? '')) endWithParent();

if (file === undefined || file === '') {
  fail('Usage: node commands/launch.js <file> [arguments]');
} else if (Number.parseInt(process.versions.node, 10) >= neededMajor) {
  // Caches compiled code for the next start, here and in the programs that this one starts, which then takes about two thirds of the time.
  // Where nothing can be cached this does nothing.
  process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
  module.enableCompileCache();
  process.argv.splice(1, 2, resolve(file));
  await import(pathToFileURL(resolve(file)).href);
} else {
  const packaged = findPackagedNode();
  if (packaged === undefined) {
    fail(
      `messenger-handover needs Node ${neededMajor} or newer and this is Node ${process.versions.node}: install Node ${neededMajor} ` +
        `from https://nodejs.org, or on Linux or Windows run npm ci without --omit=optional, which brings one along.`,
    );
  } else {
    runWith(packaged, file);
  }
}

/**
 * npm hands a signal to the shell that it runs a script in, and a shell ends of it without telling this process, which would live on with
 * the port and the store in its hands. If npm itself is killed, or its terminal is closed, not even the shell ends. So this process ends as by
 * SIGTERM, in good order, when its parent has got another parent than at the start, or itself has. Whose child the parent is, only Linux tells.
 */
function endWithParent() {
  const parent = process.ppid;
  const npm = parentOf(parent);
  const looking = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === npm) return;
    clearInterval(looking);
    process.kill(process.pid, 'SIGTERM');
  }, lookAfterParentMs);
  looking.unref();
}

/**
 * @param {number} pid
 * @returns {string | undefined}
 */
function parentOf(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may contain anything: the state and the parent.
    return line.slice(line.lastIndexOf(')')).split(' ')[2];
  } catch {
    return undefined;
  }
}

/** @returns {string | undefined} the path of the Node that npm ci installed for this platform */
function findPackagedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const program = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  try {
    return module.createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/${program}`);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} node
 * @param {string} program
 */
function runWith(node, program) {
  const child = spawn(node, [fileURLToPath(import.meta.url), program, ...rest], { stdio: 'inherit' });
  // A signal sent to this process alone is handed on. A terminal sends Ctrl-C to the whole group, so the child may get it twice, which
  // changes nothing. This process stays until the child has ended, so nothing is left behind it.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => fail(`The packaged Node did not start: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** @param {string} sentence */
function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
