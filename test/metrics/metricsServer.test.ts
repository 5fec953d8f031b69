import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { startMetricsServer, type MetricsServer } from '../../metrics/metricsServer.ts';
import { rawRequest } from '../support/rawRequest.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

describe('the port of the metrics', () => {
  let server: MetricsServer;
  let logger: ReturnType<typeof createRecordingLogger>;
  let text: () => Promise<string>;

  beforeEach(async () => {
    logger = createRecordingLogger();
    text = async () => 'a_total 1\n';
    server = await startMetricsServer({ port: 0, metrics: { contentType, text: () => text() }, logger });
  });
  afterEach(() => server.close());

  const get = (head: string) => rawRequest(server.url, `${head}\r\nConnection: close\r\n\r\n`);

  it('answers GET /metrics in the form that Prometheus reads', async () => {
    const response = await fetch(server.url);
    expect([response.status, await response.text()]).to.deep.equal([200, 'a_total 1\n']);
    expect(response.headers.get('content-type')).to.equal(contentType);
    expect(response.headers.get('cache-control')).to.equal('no-store');
  });

  for (const host of ['localhost:9464', '127.0.0.1', '[::1]:9464', 'LOCALHOST']) {
    it(`answers who asked for ${host}`, async () => {
      expect((await get(`GET /metrics?collect=all HTTP/1.1\r\nHost: ${host}`)).statuses).to.deep.equal([200]);
    });
  }

  for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:9464', '0.0.0.0', 'a b', '']) {
    it(`refuses who asked for ${host === '' ? 'nothing' : host}, and tells nothing`, async () => {
      const answer = await get(`GET /metrics HTTP/1.1\r\nHost: ${host}`);
      expect(answer.statuses).to.deep.equal([403]);
      expect(answer.text).to.not.contain('a_total');
    });
  }

  for (const line of ['GET /', 'GET /metrics/', 'GET //metrics', 'GET /healthz', 'POST /metrics', 'HEAD /metrics']) {
    it(`has nothing for ${line}`, async () => {
      expect((await get(`${line} HTTP/1.1\r\nHost: localhost`)).statuses).to.deep.equal([404]);
    });
  }

  it('listens on 127.0.0.1 and on no other address', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.2');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).to.equal('ECONNREFUSED');
  });

  it('answers 500 without details when the metrics cannot be printed', async () => {
    text = () => Promise.reject(new Error('inner workings'));
    const response = await fetch(server.url);
    expect(response.status).to.equal(500);
    expect(await response.text()).to.not.contain('inner workings');
    expect(logger.lines.map(({ level }) => level)).to.deep.equal(['error']);
  });

  it('closes at once, also while somebody holds a connection', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket.resume(), 'close');
    await server.close();
    await ended;
    const error = await fetch(server.url).catch((err: unknown) => err);
    expect(error).to.be.instanceOf(TypeError);
    server = { url: '', close: () => Promise.resolve() };
  });
});
