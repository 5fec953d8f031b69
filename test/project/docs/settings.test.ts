import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { endpointSettings, settingDefinitions, type SettingDefinition } from '../../../helpers/settings/schema.ts';
import { roles } from '../../../bots/samples/createBot.ts';
import { read } from '../../support/settingsReader.ts';

const fromRoot = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const definitions: readonly SettingDefinition[] = settingDefinitions;
const names = definitions.map(({ name }) => name);

/** The cells of a row of a table, without the signs of code. */
const cellsOf = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const plain = (cell: string): string => cell.replaceAll('`', '');

describe('appsettings.example.json', () => {
  const text = fromRoot('appsettings.example.json');

  it('lists all settings, in the order of the schema, and no others', () => {
    expect(Object.keys(JSON.parse(text) as object)).to.deep.equal(names);
  });

  it('has blank or default values only, so that a copy of it changes nothing', () => {
    const values = JSON.parse(text) as Record<string, unknown>;
    for (const definition of definitions) {
      expect(String(values[definition.name]), definition.name).to.be.oneOf(['', definition.default]);
    }
    expect(read({}, { 'appsettings.json': text })).to.deep.equal(read({}));
  });
});

describe('docs/settings.md', () => {
  const text = fromRoot('docs/settings.md');
  const section = (title: string): string[][] => {
    const body = text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
    const rows = body.split('\n').filter((line) => line.startsWith('|'));
    return rows.slice(2).map(cellsOf);
  };

  it('has a row for every setting, in the order of the schema, and no others', () => {
    const rows = [...section('All settings'), ...section('Endpoints')];
    expect(rows.map(([name]) => name)).to.deep.equal(names.map((name) => `\`${name}\``));
  });

  it('has the endpoints, and nothing else, in a table of their own', () => {
    expect(section('Endpoints').map(([name]) => plain(name!))).to.deep.equal([...endpointSettings]);
  });

  it('tells default, choices and secrecy as they are', () => {
    for (const [name, meaning, standard, neededWhen, secret] of [...section('All settings'), ...section('Endpoints')]) {
      const definition = definitions.find((known) => known.name === plain(name!))!;
      if (definition.default !== undefined) expect(plain(standard!), name).to.equal(definition.default);
      for (const choice of definition.choices ?? []) expect(meaning, name).to.contain(`\`${choice}\``);
      expect(secret, name).to.equal(definition.secret === true ? 'yes' : 'no');
      expect(neededWhen, name).not.to.equal('');
    }
  });

  it('names every role', () => {
    const row = section('All settings').find(([name]) => name === '`BotRole`')!;
    for (const role of Object.keys(roles)) expect(row[1]).to.contain(`\`${role}\``);
  });

  it('tells the addresses that the bot listens on by itself', () => {
    const host = section('All settings').find(([name]) => name === '`Host`')!;
    expect(host[2]).to.contain(read({}).host);
  });

  it('has a row for every second name, and no others', () => {
    const aliases = definitions.flatMap(({ name, alias }) =>
      alias === undefined ? [] : [[`\`${alias.name}\``, `\`${name}\``]],
    );
    expect(section('Second names').map((row) => row.slice(0, 2))).to.deep.equal(aliases);
  });

  it('names no setting that does not exist', () => {
    const known = [...names, ...definitions.flatMap(({ alias }) => (alias === undefined ? [] : [alias.name]))];
    const named = [
      ...text.matchAll(/`((?:Microsoft|Facebook|Graph|ToBot|ToChannel|Bot|OAuth|Caller|Page|Log)[A-Za-z]+)`/g),
    ].map(([, name]) => name);
    expect(named).not.to.be.empty;
    for (const name of named) expect(known).to.include(name);
  });
});
