import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { explainListening } from '../../helpers/startProblem.ts';

/** The error of really listening there. */
async function errorOf(port: number, host: string): Promise<unknown> {
  const server = createServer().listen(port, host);
  const [error] = (await once(server, 'error')) as [Error];
  return error;
}

describe('explainListening', () => {
  it('says which setting is to be changed when a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const problem = explainListening(await errorOf(port, '127.0.0.1'), 'MetricsPort');
    expect(problem?.message).to.equal(
      `listen EADDRINUSE: address already in use 127.0.0.1:${port}. Stop what uses the port, or set MetricsPort to another one.`,
    );
    server.close();
  });

  it('says so when the machine does not have the address', async () => {
    // An address for documentation, which nobody has. Source: https://www.rfc-editor.org/rfc/rfc5737
    const problem = explainListening(await errorOf(0, '203.0.113.7'), 'Port');
    expect(problem?.message).to.match(/This machine does not have that address: set Host to one that it has\.$/);
  });

  it('has a fix for a port that the system keeps, and for a name that nobody has', () => {
    const errorWith = (code: string, syscall: string) =>
      Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
    expect(explainListening(errorWith('EACCES', 'listen'), 'Port')?.message).to.match(/set Port to one above 1023\.$/);
    expect(explainListening(errorWith('ENOTFOUND', 'getaddrinfo'), 'Port')?.message).to.match(/set Host to /);
  });

  it('leaves other errors to others', () => {
    const error = Object.assign(new Error('open EACCES'), { code: 'EACCES', syscall: 'open' });
    for (const other of [error, new Error('broken'), 'text', undefined]) {
      expect(explainListening(other, 'Port')).to.equal(undefined);
    }
  });
});
