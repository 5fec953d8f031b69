/**
 * The whole bot measured from end to end, beside bare servers and Microsoft's CloudAdapter, which do the same work without keeping anything: `npm run bench`. Prints
 * Markdown. What the figures mean is in `docs/performance.md`.
 *
 *     npm run bench                               the comparison, and the bot under several loads; some minutes
 *     npm run bench -- --memory                   memory with 1,000 and with 1,000,000 known conversations; some minutes
 *     npm run bench -- --soak 600 --rate 100      600 seconds at 100 events a second
 *     npm run bench -- --profile                  where the processor time goes
 *
 * `--rounds`, `--seconds` and `--folder` (on a disk, default: the system's for temporary files) go with each.
 */
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { compare } from './endToEnd/compare.ts';
import { memory } from './endToEnd/memory.ts';
import { profile } from './endToEnd/profile.ts';
import { soak } from './endToEnd/soak.ts';
import { openStage, refuseMemory } from './endToEnd/stage.ts';
import { underLoad } from './endToEnd/underLoad.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    memory: { type: 'boolean', default: false },
    conversations: { type: 'string', default: '1000,1000000' },
    soak: { type: 'string' },
    rate: { type: 'string', default: '100' },
    profile: { type: 'boolean', default: false },
  },
});

const tell = (text: string) => void process.stdout.write(text);
const secondsOr = (usual: number): number => Number(values.seconds ?? usual);

function tellMachine(): void {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  const load = loadavg().map((value) => value.toFixed(1));
  tell(
    `${availableParallelism()} cores of ${processor}; Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? ''}; ` +
      `load of the machine over 1, 5 and 15 minutes: ${load.join(', ')}; ${new Date().toISOString()}\n\n`,
  );
}

refuseMemory(values.folder);
const stage = await openStage(values.folder);
try {
  tellMachine();
  if (values.memory) tell(await memory(stage, values.conversations.split(',').map(Number), secondsOr(5)));
  else if (values.soak !== undefined) {
    tell(await soak(stage, { seconds: Number(values.soak), perSecond: Number(values.rate), tell }));
  } else if (values.profile) tell(await profile(stage, secondsOr(10)));
  else {
    tell(await compare(stage, { rounds: Number(values.rounds), seconds: secondsOr(2), connections: [1, 32] }));
    tell(`\n${await underLoad(stage, secondsOr(2) * 5)}\n`);
  }
  tellMachine();
} finally {
  await stage.close();
}
