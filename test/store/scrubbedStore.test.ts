import { expect } from 'chai';
import { createScrubber } from '../../helpers/logging/scrubLine.ts';
import { Secret } from '../../helpers/secret.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { scrubbedStore } from '../../store/scrubbedStore.ts';

const secret = 'fake-opaque-secret';
const jwt = 'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl';
const event = {
  key: 'k',
  conversation: 'c',
  kind: 'message',
  via: 'messaging',
  endpoint: 'azure',
  payload: '{}',
} as const;

describe('a store that is told no secrets', () => {
  const open = () => scrubbedStore(createMemoryStore(), createScrubber([new Secret(secret)]));

  it('keeps none in dead letters', async () => {
    const store = open();
    await store.accept([event]);
    const { id } = (await store.claim())!;
    const entry = { ordinal: 0, kind: 'send', hash: 'h', detail: '{}', at: 0, outcome: 'open', result: '' } as const;
    await store.journal.begin(id, entry);
    await store.journal.end(
      id,
      0,
      'refused',
      JSON.stringify({ as: 'Error', message: `no "${secret}" and Bearer ${jwt}` }),
    );
    await store.fail(id, { reason: 'failed', sentence: `The server said ${secret} ${jwt}` });
    const [letter] = await store.deadLetters.list();
    expect(letter).to.include({ reason: 'failed', sentence: 'The server said [redacted] [redacted]' });
    expect(JSON.parse(letter!.journal[0]!.result)).to.deep.equal({
      as: 'Error',
      message: 'no "[redacted]" and Bearer [redacted]',
    });
  });

  it('keeps what a turn was told when it went well as it is', async () => {
    const store = open();
    await store.accept([event]);
    const { id } = (await store.claim())!;
    const entry = { ordinal: 0, kind: 'send', hash: 'h', detail: '{}', at: 0, outcome: 'open', result: '' } as const;
    await store.journal.begin(id, entry);
    await store.journal.end(id, 0, 'done', JSON.stringify({ id: secret }));
    await store.fail(id);
    const [letter] = await store.deadLetters.list();
    expect(letter!.journal[0]!.result).to.equal(JSON.stringify({ id: secret }));
    expect(letter!.sentence).to.equal('The turn failed.');
  });

  it('commits what holds nevertheless along with a turn that is given up', async () => {
    const store = open();
    await store.accept([event]);
    const { id } = (await store.claim())!;
    const note = { reason: 'failed', sentence: `The server said ${secret}` };
    await store.fail(id, note, [{ key: 'k', value: '1', expected: undefined }]);
    expect((await store.state.read(['k'])).get('k')?.value).to.equal('1');
  });

  it('keeps none in what is said of the quarantined', async () => {
    const store = open();
    await store.accept([{ ...event, quarantine: { reason: 'malformed', sentence: `It says ${secret}.` } }]);
    expect((await store.quarantine.list())[0]!.sentence).to.equal('It says [redacted].');
  });
});
