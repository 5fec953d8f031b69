import { expect } from 'chai';
import { createConversationOrder } from '../../../emulator/azureChannel/conversationOrder.ts';

describe('the order of a conversation', () => {
  it('goes on after a task that failed, which only its own caller is told', async () => {
    const order = createConversationOrder();
    const failed = order.run(['a'], () => Promise.reject(new Error('no'))).catch((error: unknown) => error);
    const ran: string[] = [];
    await order.run(['a', 'b'], async () => void ran.push('next'));
    expect(ran).to.deep.equal(['next']);
    expect(await failed).to.be.an.instanceOf(Error);
  });

  it('keeps the order of tasks that were handed in at once', async () => {
    const order = createConversationOrder();
    const ran: number[] = [];
    const tasks = [1, 2, 3, 4].map((number) => order.run(['a'], async () => void ran.push(number)));
    await Promise.all(tasks);
    expect(ran).to.deep.equal([1, 2, 3, 4]);
  });
});
