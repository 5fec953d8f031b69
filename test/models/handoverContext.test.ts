import { expect } from 'chai';
import { readHandoverContext } from '../../models/handoverContext.ts';
import { parseFacebookEvent } from '../../models/parseFacebookEvent.ts';

describe('The context of a handover', () => {
  it('is read from the metadata of a pass, a take and a request, as text or as an object', () => {
    const context = { reason: 'phrase', intent: 'refund', summary: 'The parcel did not come.', language: 'de' };
    const ids = { sender: { id: '1' }, recipient: { id: '2' }, timestamp: 1_800_000_000_000 };
    for (const metadata of [JSON.stringify(context), context]) {
      for (const name of ['pass_thread_control', 'take_thread_control', 'request_thread_control']) {
        const event = parseFacebookEvent({ ...ids, [name]: { metadata } }, 'messaging');
        expect('context' in event && event.context, name).to.deep.equal(context);
        expect('metadata' in event && event.metadata).to.equal(JSON.stringify(context));
      }
    }
  });

  it('has only texts, and only those that it knows', () => {
    const metadata =
      '{"reason":1,"summary":"s","language":null,"intent":["x"],"more":{"a":1},"__proto__":{"reason":"r"}}';
    expect(readHandoverContext(metadata)).to.deep.equal({ summary: 's' });
    expect(readHandoverContext(' {"language":"de"}')).to.deep.equal({ language: 'de' });
  });

  it('is nothing in what strangers write there', () => {
    const deep = `{"summary":"s","deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const strangers = [
      ...['', 'give me control', 'Pass thread control from Page Inbox', '"{}"', 'null', '7', '[]', '{}', '{', '{"a"'],
      ...['{"source":"axon"}', '{"reason":{}}', '[{"reason":"r"}]', '{"__proto__":{"reason":"r"}}', deep],
      `{"summary":"${'x'.repeat(1_000_000)}"}`,
      `{"summary":"s","a":[${'0,'.repeat(3_000)}0]}`,
      `{"summary":"s","a":${'['.repeat(20)}${']'.repeat(20)}}`,
    ];
    for (const metadata of strangers) expect(readHandoverContext(metadata), metadata.slice(0, 40)).to.equal(undefined);
    expect(readHandoverContext(undefined)).to.equal(undefined);
  });
});
