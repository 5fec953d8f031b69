import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { openStore } from '../server.ts';
import { openSqliteStore } from '../store/sqlite/sqliteStore.ts';
import { explainOpening, StoreUnavailableError } from '../store/storeErrors.ts';
import { rejection } from './contracts/storeContract.ts';
import { useFolder } from './support/brokenDisk.ts';
import { spawnProgram } from './support/programProcess.ts';
import { createRecordingLogger } from './support/recordingLogger.ts';
import { testSettings } from './support/testSettings.ts';

describe('a bot that cannot start', () => {
  const folder = useFolder();
  const refusalOf = (path: string) => rejection(openStore(testSettings({ StorePath: path }), createRecordingLogger()));

  it('ends with exit code 1 and one line that says why and what to do, and no stack', async () => {
    const path = folder.path('bot.db');
    writeFileSync(path, 'my shopping list '.repeat(500));
    const bot = spawnProgram('index.ts', [], { BotRole: 'primary', Port: '0', StorePath: path });
    expect(await bot.ended).to.deep.equal({ code: 1, signal: null });
    expect(bot.output()).to.equal(
      `The store ${path} cannot be opened: the file is damaged or is not a store (SQLite 26: file is not a database). ` +
        'Move it away, with the files named after it, for somebody to look at. Then put a backup in its place with ' +
        'npm run store -- restore, or set StorePath to another file, on a local disk.\n',
    );
  });

  it('says it in words when the path leads to a folder, or below a file', async () => {
    mkdirSync(folder.path('folder.db'));
    writeFileSync(folder.path('file'), '');
    expect(await refusalOf(folder.path('folder.db'))).to.include({ name: 'StartProblem' });
    expect((await refusalOf(folder.path('folder.db'))).message).to.match(/it is a folder, EISDIR.*set StorePath/);
    expect((await refusalOf(folder.path('file/bot.db'))).message).to.match(/its folder is a file, .*set StorePath/);
  });

  it('names the fix for every reason that there can be', () => {
    const fixes = new Set<string>();
    for (const reason of [
      'backlog',
      'full',
      'readOnly',
      'busy',
      'corrupt',
      'detached',
      'notOwner',
      'newer',
      'closed',
      'failed',
    ] as const) {
      const sentence = explainOpening('data/bot.db', new StoreUnavailableError(reason, 'the detail'));
      const [, fix] =
        /^The store data\/bot\.db cannot be opened: [^.]+ \(the detail\)\. ([A-Z].*\.)$/.exec(sentence) ?? [];
      fixes.add(fix ?? sentence);
    }
    expect(fixes.size).to.equal(10);
  });

  it('tells of a network file system by its name', async () => {
    const error: unknown = await openSqliteStore(folder.path('bot.db'), { networkFileSystem: () => 'nfs4' }).catch(
      (err: unknown) => err,
    );
    if (!(error instanceof StoreUnavailableError)) throw new Error('It was not refused.');
    expect(explainOpening('bot.db', error)).to.match(
      /^The store bot\.db cannot be opened: .* is on a network file system, nfs4, .*on a local disk/,
    );
  });
});
