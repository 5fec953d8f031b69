import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { onShutdownSignal } from '../../playground/onShutdownSignal.ts';

const fakeProcess = () => Object.assign(new EventEmitter(), { stdout: new PassThrough() }) as unknown as NodeJS.Process;

describe('A shutdown signal', () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`hears ${signal} and gives the exit code that shells know for it`, async () => {
      const process = fakeProcess();
      const end = onShutdownSignal(process);
      expect(end.signal.aborted).to.equal(false);
      process.emit(signal, signal);
      expect(end.signal.aborted).to.equal(true);
      expect(await end.exitCode).to.equal(code);
    });
  }

  it('ends when nobody reads the output any more', async () => {
    const process = fakeProcess();
    const end = onShutdownSignal(process);
    process.stdout.emit('error', new Error('EPIPE'));
    expect(await end.exitCode).to.equal(1);
  });

  it('keeps the first reason', async () => {
    const process = fakeProcess();
    const end = onShutdownSignal(process);
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGINT', 'SIGINT');
    expect(await end.exitCode).to.equal(143);
  });

  it('leaves signals alone again when it is told to forget them', () => {
    const process = fakeProcess();
    onShutdownSignal(process).forget();
    expect(process.eventNames()).to.deep.equal([]);
  });
});
