import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';

/**
 * `node commands/launch.js test/long/firstStart.ts [kills]`: first starts that are killed with `kill -9` somewhere in the opening of the
 * store, and, when root runs it on Linux, first starts on disks of every small size. After each one the next start has to work.
 */
const [kills = 80] = process.argv.slice(2).map(Number);

const opener = `
import { openSqliteStore } from ${JSON.stringify(new URL('../../store/sqlite/sqliteStore.ts', import.meta.url).href)};
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdout.write('opening');
await openSqliteStore(process.argv[1]);
`;

const event = {
  key: 'k',
  conversation: 'c',
  kind: 'message',
  via: 'messaging',
  endpoint: 'webhook',
  payload: '{}',
} as const;

/** Answers why the next start failed. */
async function nextStart(path: string): Promise<string | undefined> {
  try {
    const store = await openSqliteStore(path, { ownerLimitMs: 2_000 });
    const { accepted, duplicates } = await store.accept([event]);
    await store.close();
    return accepted + duplicates === 1 ? undefined : 'it accepted nothing';
  } catch (error) {
    return String(error);
  }
}

async function killStarts(folder: string): Promise<number> {
  let bricked = 0;
  let halfMade = 0;
  for (let n = 0; n < kills; n += 1) {
    const path = join(folder, `killed${n}.db`);
    const child = spawn(process.execPath, ['--input-type=module', '--eval', opener, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.write('go');
    await once(child.stdout, 'data');
    // Opening takes a few milliseconds; so do all points of it get their share.
    const end = performance.now() + (20 * n) / kills;
    while (performance.now() < end);
    child.kill('SIGKILL');
    await once(child, 'close');
    if (existsSync(path)) halfMade += 1;
    const problem = await nextStart(path);
    if (problem === undefined) continue;
    bricked += 1;
    process.stdout.write(`kill ${n}: ${problem}\n`);
  }
  process.stdout.write(
    `${kills} first starts killed, ${halfMade} of them left a file: ${bricked} could not be started again\n`,
  );
  return bricked;
}

async function smallDisks(folder: string): Promise<number> {
  let [bricked, refused, misnamed] = [0, 0, 0];
  const sizes = Array.from({ length: 80 }, (_, n) => 4 * (n + 1));
  for (const size of sizes) {
    const mount = (...options: string[]) => spawnSync('mount', [...options, folder], { stdio: 'inherit' });
    mount('-t', 'tmpfs', '-o', `size=${size}k`, 'small');
    const path = join(folder, 'bot.db');
    try {
      const store = await openSqliteStore(path).catch((error: unknown) => {
        refused += 1;
        if (error instanceof StoreUnavailableError && error.reason === 'full') return;
        misnamed += 1;
        process.stdout.write(`${size} KB: ${String(error)}\n`);
      });
      await store?.close();
      mount('-o', 'remount,size=10m');
      const problem = await nextStart(path);
      if (problem !== undefined) process.stdout.write(`${size} KB, then room: ${problem}\n`);
      bricked += problem === undefined ? 0 : 1;
    } finally {
      spawnSync('umount', [folder], { stdio: 'inherit' });
    }
  }
  const result = `${bricked} could not be started again, ${misnamed} were not told that the disk is full`;
  process.stdout.write(`${sizes.length} small disks, ${refused} first starts had no room: ${result}\n`);
  return bricked + misnamed;
}

const folder = mkdtempSync(join(tmpdir(), 'first-start-'));
try {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const bad = (await killStarts(folder)) + (isRoot ? await smallDisks(folder) : 0);
  if (!isRoot) process.stdout.write('The small disks need root on Linux, who may mount them.\n');
  if (bad > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
