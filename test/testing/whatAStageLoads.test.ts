import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '..', '..');

/** What a file loads with itself: no types, and nothing that it imports only when it needs it. */
const importedBy = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)(?! type\b)(?:[^;']*? from)? '([^']+)';/gm)].map(([, name = '']) => name);

/** All files of ours, and packages, that come with a file. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const name of importedBy(readFileSync(join(root, file), 'utf8'))) {
    if (name.startsWith('.')) loadedWith(relative(root, join(root, dirname(file), name)), loaded);
    else if (!isBuiltin(name)) loaded.add(name);
  }
  return loaded;
}

describe('What a stage loads before its first test', () => {
  const loaded = [...loadedWith('testing/withStage.ts')];

  it('begins with the cache of compiled code, which helps what is loaded after it', () => {
    const [first] = importedBy(readFileSync(join(root, 'testing/openStage.ts'), 'utf8'));
    expect(first).to.equal('./compileCache.ts');
    expect(loadedWith('testing/compileCache.ts')).to.have.length(1);
  });

  it('is the server, the emulator and Bot Builder', () => {
    expect(loaded).to.include.members(['server.ts', 'emulator/startPlatform.ts', 'turns/turnRunner.ts', 'botbuilder']);
  });

  it("is nothing of Azure's channel, of files for a store, or of metrics, which most tests do without", () => {
    const unused =
      /^(?:emulator\/azureChannel|store\/sqlite)\/|^metrics\/metrics\.ts$|^(?:jose|prom-client|playwright.*)$/;
    expect(loaded.filter((name) => unused.test(name))).to.deep.equal([]);
  });
});
