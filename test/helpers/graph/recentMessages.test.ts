import { expect } from 'chai';
import { GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import type { GraphParams } from '../../../helpers/graph/graphClient.ts';
import { createRecentMessages } from '../../../helpers/graph/recentMessages.ts';

const page = { id: '108', name: 'Page' };
const customer = { id: '7004', name: 'Carla' };

/** The nth message counted from the newest one, each a second older than the one before. */
function message(n: number, from: object = page): Record<string, unknown> {
  const created = new Date(1_700_000_100_000 - n * 1000).toISOString().replace('.000Z', '+0000');
  return { id: `m_${n}`, message: `text ${n}`, from, created_time: created };
}

const messages = (count: number) => Array.from({ length: count }, (_, n) => message(n));
const conversation = (data: unknown[], paging: object = {}) => ({ data: [{ messages: { data, paging } }] });

async function readBack(answer: unknown) {
  const asked: { path: string; params: GraphParams | undefined }[] = [];
  const graph = {
    get: async (path: string, params?: GraphParams) => {
      asked.push({ path, params });
      return answer;
    },
  };
  return { asked, ...(await createRecentMessages(graph).recent(customer.id)) };
}

async function failureOf(answer: unknown): Promise<unknown> {
  return readBack(answer).catch((error: unknown) => error);
}

describe('reading a conversation back', () => {
  it('asks for the twenty messages of which Meta tells details, and no more', async () => {
    const { asked } = await readBack(conversation([]));
    expect(asked).to.deep.equal([
      {
        path: 'me/conversations',
        params: {
          platform: 'messenger',
          user_id: '7004',
          fields: 'messages.limit(20){id,message,from,created_time,tags}',
        },
      },
    ]);
  });

  it('tells what the Page sent, without what the customer wrote', async () => {
    const { messages: sent, completeSince } = await readBack(conversation([message(0), message(1, customer)]));
    expect(sent).to.deep.equal([{ mid: 'm_0', text: 'text 0', at: 1_700_000_100_000 }]);
    expect(completeSince).to.equal(0);
  });

  it("leaves out Meta's own lines, which nobody said, but they show how far it sees", async () => {
    const tagged = (name: string) => ({ ...message(1), tags: { data: [{ name: 'inbox' }, { name }] } });
    const notice = await readBack(conversation([message(0), tagged('admin_text')]));
    expect(notice.messages.map(({ mid }) => mid)).to.deep.equal(['m_0']);
    const other = await readBack(conversation([message(0), tagged('source:web')]));
    expect(other.messages.map(({ mid }) => mid)).to.deep.equal(['m_0', 'm_1']);
    const oldest = { ...message(19), tags: { data: [{ name: 'admin_text' }] } };
    const full = await readBack(conversation([...messages(19), oldest]));
    expect(full.completeSince).to.equal(1_700_000_100_000 - 19_000 + 1000);
  });

  it('takes a file for a message without words', async () => {
    const { message: _words, ...file } = message(0);
    expect((await readBack(conversation([file]))).messages.map(({ text }) => text)).to.deep.equal(['']);
  });

  it('sees a whole conversation only when it is shorter than the window and no page follows', async () => {
    const from = async (data: unknown[], paging?: object) => (await readBack(conversation(data, paging))).completeSince;
    expect(await from(messages(19))).to.equal(0);
    expect(await from(messages(20))).to.equal(1_700_000_100_000 - 19_000 + 1000);
    expect(await from(messages(3), { next: 'https://graph.facebook.com/next' })).to.equal(1_700_000_099_000);
  });

  it('looks at no more than the newest twenty, whatever comes', async () => {
    const { messages: sent, completeSince } = await readBack(conversation(messages(30)));
    expect(sent).to.have.length(20);
    expect(completeSince).to.equal(1_700_000_082_000);
  });

  it('sees no further than to the first message without details', async () => {
    const bare = { id: 'm_2', created_time: '2023-11-14T22:14:58+0000' };
    const { messages: sent, completeSince } = await readBack(conversation([message(0), message(1), bare, message(3)]));
    expect(sent.map(({ mid }) => mid)).to.deep.equal(['m_0', 'm_1']);
    expect(completeSince).to.equal(1_700_000_100_000);
    expect((await readBack(conversation([{ id: 'm_9' }]))).completeSince).to.equal(Infinity);
  });

  it('knows nothing of a conversation that is not listed', async () => {
    expect(await readBack({ data: [] })).to.deep.include({ messages: [], completeSince: Infinity });
  });

  it('does not take an answer of another form for an empty conversation', async () => {
    for (const answer of [{}, { data: {} }, { data: [{}] }, { data: [{ messages: [] }] }, 'text', null]) {
      expect(await failureOf(answer))
        .to.be.instanceOf(GraphTransportError)
        .and.include({ failure: 'unreadable' });
    }
  });
});
