import { expect } from 'chai';
import { createKeyedLock } from '../../turns/keyedLock.ts';
import { deferred } from '../support/deferred.ts';

describe('a keyed lock', () => {
  it('runs work with the same key one after the other, in the order asked', async () => {
    const lock = createKeyedLock();
    const gate = deferred();
    const order: string[] = [];
    const first = lock('a', async () => {
      order.push('first begins');
      await gate.promise;
      order.push('first ends');
    });
    const second = lock('a', async () => void order.push('second'));
    const third = lock('a', async () => void order.push('third'));
    await lock('b', async () => void order.push('another key'));
    gate.resolve();
    await Promise.all([first, second, third]);
    expect(order).to.deep.equal(['first begins', 'another key', 'first ends', 'second', 'third']);
  });

  it('hands on results and failures and goes on after a failure', async () => {
    const lock = createKeyedLock();
    const failure = lock('a', () => Promise.reject(new Error('broken'))).catch((err: unknown) => err);
    expect(await lock('a', async () => 7)).to.equal(7);
    expect(await failure)
      .to.be.an('error')
      .with.property('message', 'broken');
  });
});
