import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { watchForSilence } from '../../playground/silentBots.ts';

describe('The watch for bots that answer nothing', () => {
  it('tells once of one whose process is busy with something else, and nothing of one that answers or has ended', async () => {
    let answer: (response: ServerResponse) => void = () => undefined;
    const busy = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
    const well = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    const ended = createServer().listen(0, '127.0.0.1');
    await Promise.all([busy, well, ended].map((server) => once(server, 'listening')));
    const [first, second, third] = [busy, well, ended].map(
      (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    ended.close();
    const told: string[] = [];
    const bots = [
      { name: 'primary', url: first ?? '' },
      { name: 'secondary', url: second ?? '' },
      { name: 'third', url: third ?? '' },
    ];
    const patient = watchForSilence(bots.slice(1), (sentence) => told.push(sentence));
    await patient.look();
    expect(told).to.deep.equal([]);
    const watch = watchForSilence(bots.slice(0, 1), (sentence) => told.push(sentence), 50);
    await watch.look();
    await watch.look();
    expect(told).to.have.length(1);
    expect(told[0]).to.match(/^The primary bot has not answered for 0.05 s: .*endless loop.*\/restart/);
    answer = (response) => void response.end();
    await watch.look();
    answer = () => undefined;
    await watch.look();
    expect(told).to.have.length(2);
    patient.close();
    watch.close();
    for (const server of [busy, well]) {
      server.closeAllConnections();
      server.close();
    }
  });
});
