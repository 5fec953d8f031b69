import { expect } from 'chai';
import { FacebookThreadControlHelper } from '../../helpers/facebookThreadControlHelper.ts';
import { createGraphClient } from '../../helpers/graph/graphClient.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import { scriptedGraph } from '../support/scriptedGraph.ts';
import type { Script, ScriptedGraph } from '../support/scriptedGraph.ts';

const me = '1200345678901234';
const target = '1300345678901234';
const psid = '7601234509876543';

const ok = { json: { success: true } };
const ownedBy = (app_id: string | number) => ({
  json: { data: [{ thread_owner: { app_id, expiration: 1767312000 } }] },
});
const other = { json: { data: [{ thread_owner: { expiration: 1767312000 } }] } };
const idle = { json: { data: [] } };

describe('FacebookThreadControlHelper', () => {
  let graph: ScriptedGraph | undefined;

  afterEach(async () => {
    await graph?.close();
    graph = undefined;
  });

  async function helperFor(...scripts: Script[]): Promise<FacebookThreadControlHelper> {
    return helperOf({ appId: me }, ...scripts);
  }

  async function helperOf(options: { appId?: string }, ...scripts: Script[]): Promise<FacebookThreadControlHelper> {
    graph = await scriptedGraph(...scripts);
    const client = createGraphClient({ pageToken: 'fake-page-token', baseUrl: graph.url, timeoutMs: 5000, retries: 0 });
    return new FacebookThreadControlHelper(client, options);
  }

  function callAt(index: number): { method: string; path: string; body: unknown; query: object } {
    const { method, path, body, query } = graph!.calls[index]!;
    return { method, path, body: body === '' ? undefined : JSON.parse(body), query: Object.fromEntries(query) };
  }

  async function failureOf(call: Promise<unknown>): Promise<unknown> {
    return call.then(
      () => expect.fail('it succeeded'),
      (error: unknown) => error,
    );
  }

  const commands: [string, (helper: FacebookThreadControlHelper) => Promise<void>, object][] = [
    [
      'pass_thread_control',
      (helper) => helper.passThreadControl(psid, target, 'why'),
      { target_app_id: target, metadata: 'why' },
    ],
    ['pass_thread_control', (helper) => helper.passThreadControl(psid), {}],
    ['take_thread_control', (helper) => helper.takeThreadControl(psid, 'why'), { metadata: 'why' }],
    ['request_thread_control', (helper) => helper.requestThreadControl(psid, 'please'), { metadata: 'please' }],
    ['release_thread_control', (helper) => helper.releaseThreadControl(psid), {}],
    ['extend_thread_control', (helper) => helper.extendThreadControl(psid, 86_400), { duration: 86_400 }],
  ];
  for (const [name, command, parameters] of commands) {
    it(`sends ${name} with ${JSON.stringify(parameters)}`, async () => {
      await command(await helperFor(ok));
      expect(callAt(0)).to.deep.equal({
        method: 'POST',
        path: `/v27.0/me/${name}`,
        body: { recipient: { id: psid }, ...parameters },
        query: {},
      });
      expect(graph?.calls).to.have.length(1);
    });

    it(`hands on Meta's refusal of ${name} ${JSON.stringify(parameters)} and asks nothing more`, async () => {
      const helper = await helperFor({ status: 400, json: { error: { code: 10, error_subcode: 2018300 } } });
      expect(await failureOf(command(helper)))
        .to.be.instanceOf(GraphApiError)
        .and.include({ reason: 'notThreadOwner' });
      expect(graph?.calls).to.have.length(1);
    });
  }

  for (const answer of [{ success: 'true' }, { data: [{ thread_owner: { app_id: me, expiration: 1767312000 } }] }]) {
    it(`accepts ${JSON.stringify(answer)} as success`, async () => {
      await (await helperFor({ json: answer })).requestThreadControl(psid);
    });
  }

  for (const answer of [{ success: false }, {}, [], null, { data: [] }]) {
    it(`does not take ${JSON.stringify(answer)} for success`, async () => {
      const helper = await helperFor({ json: answer });
      expect(await failureOf(helper.requestThreadControl(psid))).to.be.instanceOf(GraphTransportError);
    });
  }

  it('counts taking what this app has already as done', async () => {
    await (
      await helperFor({ status: 400, json: { error: { code: 27, error_subcode: 1893035 } } })
    ).takeThreadControl(psid);
    expect(graph?.calls).to.have.length(1);
  });

  it('does not count a take without default app as done', async () => {
    const helper = await helperFor({ status: 400, json: { error: { code: 27 } } });
    expect(await failureOf(helper.takeThreadControl(psid))).to.include({ reason: 'noDefaultApp' });
  });

  describe('after a command without a usable answer', () => {
    type Command = 'pass' | 'passBack' | 'take' | 'release';
    const run: Record<Command, (helper: FacebookThreadControlHelper) => Promise<void>> = {
      pass: (helper) => helper.passThreadControl(psid, target),
      passBack: (helper) => helper.passThreadControl(psid),
      take: (helper) => helper.takeThreadControl(psid),
      release: (helper) => helper.releaseThreadControl(psid),
    };
    const settled: [Command, string, Script][] = [
      ['pass', 'the target owns the thread', ownedBy(target)],
      ['passBack', 'a named other app owns it', ownedBy(target)],
      ['take', 'this app owns it', ownedBy(Number(me))],
      ['release', 'nobody owns it', idle],
    ];
    for (const [command, state, answer] of settled) {
      it(`counts ${command} as done when ${state}`, async () => {
        await run[command](await helperFor('reset', answer));
        expect(graph?.calls.map(({ method }) => method)).to.deep.equal(['POST', 'GET']);
      });
    }
    const open: [Command, string, Script][] = [
      ['pass', 'this app still owns the thread', ownedBy(me)],
      ['pass', 'a third app owns it', ownedBy('1400345678901234')],
      ['pass', 'nobody owns it', idle],
      ['pass', 'another app owns it, of which nobody says which', other],
      ['passBack', 'another app owns it, of which nobody says which', other],
      ['passBack', 'this app still owns it', ownedBy(me)],
      ['take', 'another app owns it', other],
      ['take', 'a named other app owns it', ownedBy(target)],
      ['take', 'nobody owns it', idle],
      ['release', 'this app still owns it', ownedBy(me)],
      ['release', 'another app owns it', other],
      ['release', 'the owner cannot be read either', 'reset'],
      ['take', 'the owner may not be read', { status: 400, json: { error: { code: 100 } } }],
    ];
    for (const [command, state, answer] of open) {
      it(`leaves ${command} unknown and does not repeat it when ${state}`, async () => {
        const error = await failureOf(run[command](await helperFor('reset', answer)));
        expect(error).to.be.instanceOf(GraphTransportError).and.include({ effect: 'unknown', failure: 'connection' });
        expect(graph?.calls.map(({ method }) => method)).to.deep.equal(['POST', 'GET']);
      });
    }

    it('cannot settle a take without knowing its own app id', async () => {
      const helper = await helperOf({}, 'cut', ownedBy(me));
      expect(await failureOf(helper.takeThreadControl(psid))).to.be.instanceOf(GraphTransportError);
    });

    it('cannot settle a pass without a target when it does not know its own app id', async () => {
      const helper = await helperOf({}, 'cut', ownedBy(target));
      expect(await failureOf(helper.passThreadControl(psid))).to.be.instanceOf(GraphTransportError);
    });

    it('neither settles nor repeats a request', async () => {
      const helper = await helperFor('reset', ok);
      expect(await failureOf(helper.requestThreadControl(psid))).to.be.instanceOf(GraphTransportError);
      expect(graph?.calls).to.have.length(1);
    });
  });

  describe('getThreadOwner', () => {
    it('asks with the bare id', async () => {
      await (await helperFor(idle)).getThreadOwner(psid);
      expect(callAt(0)).to.deep.include({ method: 'GET', path: '/v27.0/me/thread_owner', query: { recipient: psid } });
    });

    const expiresAt = 1767312000_000;
    const owners: [object, object][] = [
      [idle, { owner: 'idle' }],
      [ownedBy(target), { owner: 'app', appId: target, expiresAt }],
      [ownedBy(Number(target)), { owner: 'app', appId: target, expiresAt }],
      [{ json: { data: [{ thread_owner: { app_id: target } }] } }, { owner: 'app', appId: target }],
      [
        { text: '{"data":[{"thread_owner":{"app_id":9007199254740993}}]}' },
        { owner: 'app', appId: '9007199254740993' },
      ],
      [other, { owner: 'other', expiresAt }],
      [{ json: { data: [{ thread_owner: {} }] } }, { owner: 'other' }],
    ];
    for (const [answer, owner] of owners) {
      it(`says ${JSON.stringify(owner)} for ${JSON.stringify(answer)}`, async () => {
        expect(await (await helperFor(answer)).getThreadOwner(psid)).to.deep.equal(owner);
      });
    }

    for (const answer of [{}, { data: [{}] }, { data: 'x' }, [], null]) {
      it(`cannot use ${JSON.stringify(answer)}`, async () => {
        expect(await failureOf((await helperFor({ json: answer })).getThreadOwner(psid))).to.include({
          failure: 'unreadable',
        });
      });
    }
  });

  describe('getSecondaryReceivers', () => {
    it('lists id, name and link of each, with ids as strings', async () => {
      const data = [
        { id: '263902037430900', name: 'Page Inbox', link: 'https://example.com/' },
        { id: 12, category: 'x' },
        {},
      ];
      expect(await (await helperFor({ json: { data } })).getSecondaryReceivers()).to.deep.equal([
        { id: '263902037430900', name: 'Page Inbox', link: 'https://example.com/' },
        { id: '12' },
      ]);
      expect(callAt(0)).to.deep.include({ path: '/v27.0/me/secondary_receivers', query: { fields: 'id,name,link' } });
    });

    it('follows pages at the configured address, wherever the answer points', async () => {
      const next = 'http://203.0.113.1/v27.0/me/secondary_receivers?access_token=fake-page-token&after=c1';
      const helper = await helperFor(
        { json: { data: [{ id: '1' }], paging: { cursors: { after: 'c1' }, next } } },
        { json: { data: [{ id: '2' }], paging: { cursors: { after: 'c2' } } } },
      );
      expect(await helper.getSecondaryReceivers()).to.deep.equal([{ id: '1' }, { id: '2' }]);
      expect(callAt(1).query).to.deep.equal({ fields: 'id,name,link', after: 'c1' });
      expect(graph?.calls).to.have.length(2);
    });

    it('ends when the pages go in a circle', async () => {
      const page = {
        json: { data: [{ id: '1' }], paging: { cursors: { after: 'c1' }, next: 'https://example.com/' } },
      };
      await (await helperFor(page, page)).getSecondaryReceivers();
      expect(graph?.calls).to.have.length(2);
    });

    it('tells when this app is not the primary receiver', async () => {
      const helper = await helperFor({ status: 400, json: { error: { code: 100, error_subcode: 2018234 } } });
      expect(await failureOf(helper.getSecondaryReceivers())).to.include({ reason: 'notPrimaryReceiver' });
    });
  });

  describe('arguments that Meta could not accept', () => {
    const wrong: [string, (helper: FacebookThreadControlHelper) => Promise<unknown>, RegExp][] = [
      ['an empty user id', (helper) => helper.takeThreadControl(''), /userId is empty/],
      ['a blank user id', (helper) => helper.getThreadOwner(' '), /userId is empty/],
      ['an empty target', (helper) => helper.passThreadControl(psid, ''), /targetAppId is empty/],
      [
        'metadata of 2001 characters',
        (helper) => helper.requestThreadControl(psid, 'x'.repeat(2001)),
        /2000 characters/,
      ],
      ['less than a day', (helper) => helper.extendThreadControl(psid, 86_399), /86400 to 604800/],
      ['more than a week', (helper) => helper.extendThreadControl(psid, 604_801), /86400 to 604800/],
      ['half a second', (helper) => helper.extendThreadControl(psid, 86_400.5), /86400 to 604800/],
      ['no number', (helper) => helper.extendThreadControl(psid, Number.NaN), /86400 to 604800/],
    ];
    for (const [what, call, message] of wrong) {
      it(`are refused before any call: ${what}`, async () => {
        const helper = await helperFor();
        expect(await failureOf(call(helper)))
          .to.be.an('error')
          .with.property('message')
          .that.matches(message);
        expect(graph?.calls).to.have.length(0);
      });
    }

    it('do not include metadata of exactly 2000 characters or seven days', async () => {
      const helper = await helperFor(ok, ok);
      await helper.requestThreadControl(psid, 'x'.repeat(2000));
      await helper.extendThreadControl(psid, 604_800);
      expect(graph?.calls).to.have.length(2);
    });
  });
});
