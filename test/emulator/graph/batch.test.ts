import { expect } from 'chai';
import { startPage, type PageUnderTest } from '../pageUnderTest.ts';

interface Answer {
  readonly code: number;
  readonly headers?: { readonly name: string; readonly value: string }[];
  readonly body: string;
}

describe('a batch of calls', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    await page.emulator.settled();
  });
  afterEach(() => page.close());

  const post = async (path: string, body: string | FormData, type?: string): Promise<(Answer | null)[]> => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const response = await fetch(`${page.emulator.url}${path}`, { method: 'POST', headers, body });
    return (await response.json()) as (Answer | null)[];
  };
  const token = (app = 0): string => page.emulator.apps[app]!.pageToken;
  const run = (batch: object[], more: object = {}): Promise<(Answer | null)[]> =>
    post('/v6.0/', JSON.stringify({ access_token: token(), batch, ...more }), 'application/json');
  const bodyOf = (answer: Answer | null | undefined): Record<string, unknown> =>
    JSON.parse(answer?.body ?? '{}') as Record<string, unknown>;
  const form = (members: object): string =>
    Object.entries(members)
      .map(
        ([name, value]) => `${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`,
      )
      .join('&');
  const hello = (text: string, more: object = {}) => ({
    method: 'POST',
    relative_url: 'me/messages',
    body: form({ messaging_type: 'RESPONSE', recipient: { id: page.psid }, message: { text }, ...more }),
  });
  const said = (): string[] =>
    (page.emulator.state().threads[page.psid]?.messages ?? []).map(({ text }) => text).slice(1);

  it('sends messages in order, as bottender writes it', async () => {
    const answers = await run([hello('one'), hello('two')], { include_headers: true });
    expect(answers.map((answer) => answer?.code)).to.deep.equal([200, 200]);
    expect(answers[0]?.headers?.[0]).to.include({ name: 'Content-Type' });
    expect(bodyOf(answers[1])).to.include({ recipient_id: page.psid });
    expect(said()).to.deep.equal(['one', 'two']);
    expect(await page.heard(0)).to.deep.equal(['messaging message', 'messaging echo', 'messaging echo']);
  });

  it('comes as a form or in the query too, to any version, to me, and with a version in its addresses', async () => {
    const batch = JSON.stringify([{ method: 'GET', relative_url: '/v2.6/me?fields=id' }]);
    const type = 'application/x-www-form-urlencoded';
    const sent: [string, string][] = [
      ['/v27.0/me', form({ access_token: token(), batch, include_headers: 'false' })],
      ['/', form({ access_token: token(), batch, include_headers: 'false' })],
      [`/me?${form({ access_token: token(), batch, include_headers: 'false' })}`, ''],
    ];
    for (const [path, body] of sent) {
      const expected = { code: 200, body: JSON.stringify({ id: page.emulator.pageId }) };
      expect(await post(path, body, type)).to.deep.equal([expected]);
    }
  });

  it('has calls with tokens of their own', async () => {
    const answers = await run([
      { ...hello('mine') },
      { ...hello('theirs'), access_token: token(1) },
      { method: 'GET', relative_url: `debug_token?input_token=x&access_token=${page.ids[0]}|nonsense` },
    ]);
    expect(answers.map((answer) => answer?.code)).to.deep.equal([200, 400, 401]);
    expect(bodyOf(answers[1])).to.have.nested.property('error.error_subcode', 2018300);
  });

  it('takes every method', async () => {
    const answers = await run([
      { method: 'POST', relative_url: 'me/messenger_profile', body: form({ get_started: { payload: 'START' } }) },
      { method: 'GET', relative_url: 'me/messenger_profile?fields=get_started' },
      { method: 'DELETE', relative_url: 'me/messenger_profile', body: form({ fields: ['get_started'] }) },
    ]);
    expect(answers.map((answer) => answer?.code)).to.deep.equal([200, 200, 200]);
    expect(bodyOf(answers[1])).to.deep.equal({ data: [{ get_started: { payload: 'START' } }] });
  });

  it('uses the answer of one call in another', async () => {
    const answers = await run([
      {
        method: 'GET',
        relative_url: 'me/conversations?fields=participants',
        name: 'list',
        omit_response_on_success: false,
      },
      { method: 'GET', relative_url: '{result=list:$.data[0].id}?fields=message_count' },
      { ...hello('to {result=list:$.data.*.participants.data[0].id}') },
    ]);
    expect(answers.map((answer) => answer?.code)).to.deep.equal([200, 200, 200]);
    // The reference of the third one is escaped, as in every form.
    expect(said().at(-1)).to.equal(`to ${page.psid}`);
    expect(bodyOf(answers[1])).to.include({ message_count: 1 });
    const named = await run([
      { ...hello('first'), name: 'first' },
      {
        method: 'POST',
        relative_url: 'me/messages',
        body: `recipient={"id":"{result=first:$.recipient_id}"}&message={"text":"second"}`,
      },
    ]);
    expect(named.map((answer) => answer?.code ?? null)).to.deep.equal([null, 200]);
    expect(said().at(-1)).to.equal('second');
  });

  it('puts answers into the parameters of another call, where they change nothing around them', async () => {
    const sly = 'a&message={x}&y={result=first:$.recipient_id}';
    const answers = await run([
      { ...hello('first'), name: 'first', omit_response_on_success: false },
      {
        ...hello(''),
        body: `recipient=${encodeURIComponent('{"id":"{result=first:$.recipient_id}"}')}&message={"text":"hello"}`,
      },
      {
        ...hello(''),
        body: JSON.stringify({ recipient: { id: '{result=first:$.recipient_id}' }, message: { text: 'JSON' } }),
      },
      { ...hello(sly) },
      { ...hello('not made {result=nothing:$.id}') },
    ]);
    expect(answers.map((answer) => answer?.code ?? null)).to.deep.equal([200, 200, 200, 200, null]);
    expect(said().slice(0, 3)).to.deep.equal(['first', 'hello', 'JSON']);
    expect(said().at(-1)).to.equal(`a&message={x}&y=${page.psid}`);
  });

  it('leaves out what depends on a call that failed', async () => {
    const bad = { method: 'POST', relative_url: 'me/messages', body: 'recipient={}', name: 'bad' };
    const answers = await run([bad, { ...hello('not sent'), depends_on: 'bad' }, { ...hello('sent') }]);
    expect(answers.map((answer) => answer?.code ?? null)).to.deep.equal([400, null, 200]);
    expect(said()).to.deep.equal(['sent']);
  });

  it('carries files', async () => {
    const upload = new FormData();
    const call = { ...hello('', { message: { attachment: { type: 'file', payload: {} } } }), attached_files: 'file1' };
    upload.set('batch', JSON.stringify([call]));
    upload.set('access_token', token());
    upload.set('file1', new Blob(['hello']), 'note.txt');
    expect((await post('/', upload))[0]?.code).to.equal(200);
    const [sent] = page.emulator.state().threads[page.psid]?.messages.at(-1)?.attachments ?? [];
    expect(String(sent?.payload['url'])).to.match(/note\.txt$/);
  });

  it('has limits', async () => {
    const me = { method: 'GET', relative_url: 'me' };
    expect(await run(Array.from({ length: 51 }, () => me))).to.have.nested.property('error.code', 100);
    const all = '{result=a:$}'.repeat(101);
    const tooMuch = await run([
      { ...me, name: 'a' },
      { method: 'POST', relative_url: 'me/messages', body: `x=${all}` },
    ]);
    expect(tooMuch).to.have.nested.property('error.code', 100);
    const doubling = Array.from({ length: 40 }, (_, index) => ({
      method: 'POST',
      relative_url: 'me/personas',
      name: `n${index}`,
      omit_response_on_success: false,
      body: `profile_picture_url=https://x.example/&name=${'x'.repeat(2000)}${`{result=n${index - 1}:$}`.repeat(index === 0 ? 0 : 2)}`,
    }));
    expect(JSON.stringify(await run(doubling)).length).to.be.below(200_000);
  });

  it('is recorded call by call, like calls that come alone', async () => {
    await run([hello('one'), { method: 'GET', relative_url: 'me/personas' }]);
    const calls = page.emulator.events().flatMap((event) => (event.type === 'graphCall' ? [event] : []));
    expect(calls.map(({ path }) => path)).to.deep.equal(['/me/messages', '/me/personas', '/v6.0/']);
    expect(JSON.stringify(calls)).not.to.contain(token());
  });
});
