import { expect } from 'chai';
import { customerTables, tablesWithoutCustomers } from '../../../store/sqlite/customerTables.ts';
import { openDatabase, type Database } from '../../../store/sqlite/database.ts';
import { findCustomer, readCustomer } from '../../../store/sqlite/tools/customerData.ts';
import { forgetCustomer } from '../../../store/sqlite/tools/forgetCustomer.ts';
import { useFolder } from '../../support/brokenDisk.ts';

const [psid, other] = ['7654321000000001', '7654321000000002'];
const [pageId, appId] = ['1048576000123', '2262510160704936'];

describe('the tables with something about customers', () => {
  const folder = useFolder();
  let file: Database;
  beforeEach(() => {
    file = openDatabase(folder.path('bot.db'));
  });
  afterEach(() => file.close());

  const tables = () =>
    file.all(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).map((row) => String(row['name']));

  /** A row about a customer, whatever columns the table has. */
  function insertAbout(who: string, table: string): void {
    const columns = file.all(`SELECT name, type, pk FROM pragma_table_info('${table}')`);
    const values = columns.map(({ name, type, pk }) => {
      if (type === 'INTEGER') return pk === 1 ? null : 1;
      if (name === 'conversation') return `facebook ${pageId} ${who}`;
      if (name === 'page') return `facebook ${pageId}`;
      if (name === 'reason') return 'failed';
      return name === 'key' && table === 'state' ? `facebook/users/${who}/` : JSON.stringify({ words: `of ${who}` });
    });
    const names = columns.map(({ name }) => String(name)).join(', ');
    file.run(`INSERT INTO ${table} (${names}) VALUES (${values.map(() => '?').join(', ')})`, ...values);
  }

  /** The tables in which any column names the customer. */
  const naming = (who: string) =>
    tables().filter((table) => file.all(`SELECT * FROM ${table}`).some((row) => JSON.stringify(row).includes(who)));

  it('are all of the store, but for those that are known to name no customer', () => {
    const known = [...customerTables.map(({ table }) => table), ...tablesWithoutCustomers, 'journal'];
    expect(tables()).to.deep.equal(known.sort());
  });

  it('are shown and forgotten one by one, with all their columns, and other customers stay', async () => {
    for (const { table } of customerTables) for (const who of [psid, other]) insertAbout(who, table);
    for (const event of [...file.all('SELECT id FROM deliveries'), ...file.all('SELECT id FROM dead_letters')]) {
      const words = JSON.stringify({ words: `of event ${String(event['id'])}` });
      const sql = `INSERT OR REPLACE INTO journal VALUES (?, 0, 'send', 'hash', ?, 1, 'done', ?)`;
      file.run(sql, Number(event['id']), words, words);
    }
    const everything = customerTables.map(({ table }) => table).sort();
    expect(naming(psid)).to.deep.equal(everything);
    const found = findCustomer(file, psid);
    expect(found.rows.map(({ in: { table } }) => table).sort()).to.deep.equal(everything);
    expect(Object.keys(readCustomer(file, found)).sort()).to.deep.equal(
      [...customerTables.map(({ name }) => name), 'journal'].sort(),
    );
    await forgetCustomer(folder.path('bot.db'), psid);
    expect(naming(psid)).to.deep.equal([]);
    expect(naming(other)).to.deep.equal(everything);
    expect(file.all('SELECT delivery FROM journal')).to.have.length(1);
  });

  for (const [key, page] of [
    [`facebook/conversations/${psid}-${pageId}/`, pageId],
    [`facebook/customers/${pageId}/${psid}/`, pageId],
    [`thread notes/own passes/${appId}/${pageId}/${psid}`, appId],
  ] as const) {
    it(`finds the customer in ${key}, and neither Page nor app`, () => {
      file.run(`INSERT INTO state (key, value, version) VALUES (?, '{}', 1)`, key);
      expect(findCustomer(file, psid).rows).to.have.length(1);
      expect(findCustomer(file, page).rows).to.have.length(0);
      expect(findCustomer(file, psid.slice(0, -1)).rows).to.have.length(0);
    });
  }

  it('are refused whole to whom names a Page', () => {
    insertAbout(psid, 'echoes');
    expect(() => findCustomer(file, pageId)).to.throw('is the id of a Page, which all its customers share.');
  });

  it('take no id that may mean everybody', () => {
    insertAbout(psid, 'quarantine');
    for (const id of ['', ' ', '1', '1234', 'a b c d']) {
      expect(() => findCustomer(file, id), JSON.stringify(id)).to.throw('cannot be the id of a customer');
    }
  });

  it('tells who else names the customer, and leaves that alone', async () => {
    file.run(`INSERT INTO state (key, value, version) VALUES ('all', ?, 1)`, JSON.stringify([psid, other]));
    insertAbout(other, 'deliveries');
    file.run(`UPDATE deliveries SET turn = ?`, JSON.stringify({ text: `I am ${psid}` }));
    file.run(`INSERT INTO journal VALUES (1, 0, 'pass', 'hash', ?, 1, 'done', '')`, JSON.stringify([psid]));
    const { named } = await forgetCustomer(folder.path('bot.db'), psid);
    expect(named).to.deep.equal([
      { title: 'open events', key: 1 },
      { title: "values of the bot's state", key: 'all' },
      { title: 'journal', key: 1 },
    ]);
    expect(naming(psid)).to.deep.equal(['deliveries', 'journal', 'state']);
  });
});
