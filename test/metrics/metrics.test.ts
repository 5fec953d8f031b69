import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { createMetrics, type Metrics, type MetricsOptions } from '../../metrics/metrics.ts';
import type { PageState } from '../../turns/pageBackoff.ts';
import { idleTurns } from '../support/idleTurns.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import { claimOne, event } from '../contracts/storeContract.ts';
import { samplesOf } from '../support/prometheusText.ts';

describe('the metrics', () => {
  let made: Metrics[] = [];
  afterEach(() => {
    for (const metrics of made) metrics.close();
    made = [];
  });

  function create(options: Partial<MetricsOptions> = {}): Metrics {
    const metrics = createMetrics({
      store: createMemoryStore(),
      turns: () => idleTurns,
      pages: () => new Map(),
      ...options,
    });
    made.push(metrics);
    return metrics;
  }
  const samples = async (metrics: Metrics) => samplesOf(await metrics.text());
  const ours = 'messenger_handover_';

  it('count from 0, every series that there can be from the beginning', async () => {
    const found = await samples(create());
    for (const name of [
      'events_accepted_total{endpoint="webhook"}',
      'events_duplicate_total{endpoint="messages"}',
      'events_quarantined_total',
      'requests_total{endpoint="webhook",outcome="unavailable"}',
      'acknowledgement_duration_seconds_count{endpoint="messages"}',
      'turns_total{outcome="retried"}',
      'turn_duration_seconds_count{outcome="failed"}',
      'graph_calls_total{reason="ok"}',
      'graph_calls_total{reason="rateLimited"}',
      'graph_calls_total{reason="transport"}',
      'lag_seconds',
      'events_waiting',
      'turns_running',
      'dead_letters',
      'events_dropped_total{from="deadLetters"}',
      'events_dropped_total{from="quarantine"}',
      'store_overdue_rows',
      'paused_pages{reason="invalidToken"}',
    ]) {
      expect(found.get(`${ours}${name}`), name).to.equal(0);
    }
    expect(found.get(`${ours}store_available`)).to.equal(1);
    expect(found.get('process_resident_memory_bytes')).to.be.greaterThan(1e6);
    expect(found.get('process_cpu_seconds_total')).to.be.greaterThan(0);
    expect(found.get('nodejs_eventloop_lag_seconds{quantile="0.99"}')).to.be.at.least(0);
  });

  it('count what an endpoint accepts and knows already, and leave refusals as they are', async () => {
    const metrics = create();
    const store = createMemoryStore({ maxWaiting: 2 });
    const { accept } = metrics.store('webhook', store);
    expect(await accept([event('1'), event('2'), event('1')])).to.deep.equal({ accepted: 2, duplicates: 1 });
    expect(await accept([event('3')]).catch((err: unknown) => err)).to.be.instanceOf(StoreUnavailableError);
    const found = await samples(metrics);
    expect(found.get(`${ours}events_accepted_total{endpoint="webhook"}`)).to.equal(2);
    expect(found.get(`${ours}events_duplicate_total{endpoint="webhook"}`)).to.equal(1);
    expect(found.get(`${ours}events_accepted_total{endpoint="messages"}`)).to.equal(0);
  });

  it('time acknowledgements alone, and count every answer', async () => {
    const clock = [0, 20, 0, 9000, 0, 9000, 0, 9000];
    let isTimed = false;
    const metrics = create({ monotonicNow: () => (isTimed ? (clock.shift() ?? 0) : 0) });
    isTimed = true;
    const request = new IncomingMessage(new Socket());
    const answer = (statusCode: number) => {
      const handler = metrics.handler('azure', async (_request, response) => void (response.statusCode = statusCode));
      return handler(request, new ServerResponse(request));
    };
    for (const status of [200, 403, 503, 500]) await answer(status);
    const found = await samples(metrics);
    for (const outcome of ['accepted', 'refused', 'unavailable', 'failed']) {
      expect(found.get(`${ours}requests_total{endpoint="messages",outcome="${outcome}"}`), outcome).to.equal(1);
    }
    const name = `${ours}acknowledgement_duration_seconds`;
    expect(found.get(`${name}_count{endpoint="messages"}`)).to.equal(1);
    expect(found.get(`${name}_bucket{le="0.01",endpoint="messages"}`)).to.equal(0);
    expect(found.get(`${name}_bucket{le="0.025",endpoint="messages"}`)).to.equal(1);
  });

  it('count and time turns by their end, and the age of events once for each', async () => {
    const metrics = create();
    const turn = { kind: 'message', ageMs: 4000, durationMs: 2000 };
    for (const outcome of ['retried', 'retried', 'done', 'failed'] as const) metrics.turnEnded({ ...turn, outcome });
    const found = await samples(metrics);
    expect(found.get(`${ours}turns_total{outcome="retried"}`)).to.equal(2);
    expect(found.get(`${ours}turns_total{outcome="done"}`)).to.equal(1);
    expect(found.get(`${ours}turn_duration_seconds_sum{outcome="retried"}`)).to.equal(4);
    expect(found.get(`${ours}event_age_seconds_count`)).to.equal(2);
    expect(found.get(`${ours}event_age_seconds_sum`)).to.equal(8);
    expect(found.get(`${ours}events_quarantined_total`)).to.equal(0);
  });

  it('count calls to Graph by their reason', async () => {
    const metrics = create();
    for (const reason of ['ok', 'ok', 'rateLimited', 'transport'] as const) {
      metrics.graphCallEnded({ reason, durationMs: 300 });
    }
    const found = await samples(metrics);
    expect(found.get(`${ours}graph_calls_total{reason="ok"}`)).to.equal(2);
    expect(found.get(`${ours}graph_calls_total{reason="rateLimited"}`)).to.equal(1);
    expect(found.get(`${ours}graph_calls_total{reason="transport"}`)).to.equal(1);
    expect(found.get(`${ours}graph_call_duration_seconds_count`)).to.equal(4);
  });

  it('tell the age of the oldest open event, and how many wait, run and were given up', async () => {
    let now = 1_700_000_000_000;
    const store = createMemoryStore({ now: () => now });
    const metrics = create({ store, now: () => now, monotonicNow: () => now });
    await store.accept([event('1', 'a'), event('2', 'b'), event('3', 'c')]);
    await store.fail((await claimOne(store)).id);
    await claimOne(store);
    now += 90_000;
    const found = await samples(metrics);
    const told = ['lag_seconds', 'events_waiting', 'turns_running', 'dead_letters'].map((name) =>
      found.get(ours + name),
    );
    expect(told).to.deep.equal([90, 1, 1, 1]);
  });

  it('count the pages that are held back, without their names', async () => {
    const pages = new Map<string, PageState>([
      ['facebook 1001', 'rateLimited'],
      ['facebook 1002', 'rateLimited'],
      ['facebook 1003', 'invalidToken'],
    ]);
    const metrics = create({ pages: () => pages });
    const found = await samples(metrics);
    expect(found.get(`${ours}paused_pages{reason="rateLimited"}`)).to.equal(2);
    expect(found.get(`${ours}paused_pages{reason="invalidToken"}`)).to.equal(1);
    expect(found.get(`${ours}paused_pages{reason="temporary"}`)).to.equal(0);
    expect(await metrics.text()).to.not.match(/100[123]/);
  });

  it('tell how large the store is, and add up what was dropped from it', async () => {
    const memory = createMemoryStore();
    const dropped = { deadLetters: 2, quarantined: 1 };
    const sizes = { fileBytes: 4096, walBytes: 32, freeDiskBytes: 1e9, overdue: 7, dropped };
    const metrics = create({ store: { ...memory, sizes: () => Promise.resolve(sizes) } });
    await metrics.text();
    sizes.dropped = { deadLetters: 5, quarantined: 1 };
    const found = await samples(metrics);
    const told = (name: string) => found.get(ours + name);
    expect(told('events_dropped_total{from="deadLetters"}')).to.equal(5);
    expect(told('events_dropped_total{from="quarantine"}')).to.equal(1);
    expect([told('store_bytes{part="file"}'), told('store_bytes{part="log"}')]).to.deep.equal([4096, 32]);
    expect([told('store_disk_free_bytes'), told('store_overdue_rows')]).to.deep.equal([1e9, 7]);
  });

  it('go on while the store cannot tell anything', async () => {
    const gone = () => Promise.reject(new StoreUnavailableError('corrupt'));
    const memory = createMemoryStore();
    const metrics = create({
      store: {
        counts: gone,
        oldestOpen: gone,
        health: () => ({ state: 'unavailable', reason: 'corrupt', since: 0 }),
        deadLetters: { ...memory.deadLetters, count: gone },
        sizes: gone,
        timers: { ...memory.timers, counts: gone },
      },
    });
    metrics.turnEnded({ outcome: 'done', kind: 'message', ageMs: 1, durationMs: 1 });
    const found = await samples(metrics);
    for (const name of ['lag_seconds', 'events_waiting', 'turns_running', 'dead_letters', 'store_overdue_rows']) {
      expect(found.get(ours + name), name).to.be.NaN;
    }
    expect(found.get(`${ours}store_available`)).to.equal(0);
    expect(found.get(`${ours}turns_total{outcome="done"}`)).to.equal(1);
  });

  it('are each for themselves when two servers run in one process', async () => {
    const [one, other] = [create(), create()];
    one.turnEnded({ outcome: 'done', kind: 'message', ageMs: 1, durationMs: 1 });
    expect((await samples(one)).get(`${ours}turns_total{outcome="done"}`)).to.equal(1);
    expect((await samples(other)).get(`${ours}turns_total{outcome="done"}`)).to.equal(0);
  });

  it('have names as Prometheus wants them, and the same series whatever happens', async () => {
    const metrics = create();
    const before = [...(await samples(metrics)).keys()];
    metrics.turnEnded({ outcome: 'failed', kind: 'a kind that a sender made up', ageMs: 1, durationMs: 1 });
    metrics.graphCallEnded({ reason: 'unknown', durationMs: 1 });
    await metrics.store('webhook', createMemoryStore()).accept([event('1')]);
    expect([...(await samples(metrics)).keys()]).to.deep.equal(before);
    const text = await metrics.text();
    for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      expect(name).to.match(/^(messenger_handover|process|nodejs)_[a-z_]+$/);
      expect(name!.endsWith('_total'), name).to.equal(type === 'counter');
      if (type === 'histogram') expect(name).to.match(/_seconds$/);
    }
  });
});
