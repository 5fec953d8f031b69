import { inspect } from 'node:util';
import { expect } from 'chai';
import { FacebookThreadControlHelper } from '../../helpers/facebookThreadControlHelper.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import {
  endsByTimeLimit,
  graphFaultScripts,
  impatientClient,
  type ScriptedFault,
} from '../support/graphFaultScripts.ts';
import { routedGraph, type RecordedCall, type Script } from '../support/scriptedGraph.ts';

const pageToken = 'a-fake-page-token-for-faults';
const appId = '1200345678901234';
const psid = '7601234509876543';

type Call = (control: FacebookThreadControlHelper) => Promise<unknown>;

const calls: Readonly<Record<string, { method: 'get' | 'post'; edge: string; call: Call; good: unknown }>> = {
  'who owns the thread': {
    method: 'get',
    edge: 'thread_owner',
    call: (control) => control.getThreadOwner(psid),
    good: { data: [] },
  },
  'which receivers there are': {
    method: 'get',
    edge: 'secondary_receivers',
    call: (control) => control.getSecondaryReceivers(),
    good: { data: [] },
  },
  'a pass': {
    method: 'post',
    edge: 'pass_thread_control',
    call: (control) => control.passThreadControl(psid, '1'),
    good: { success: true },
  },
  'a take': {
    method: 'post',
    edge: 'take_thread_control',
    call: (control) => control.takeThreadControl(psid),
    good: { success: true },
  },
  'a request': {
    method: 'post',
    edge: 'request_thread_control',
    call: (control) => control.requestThreadControl(psid, 'please'),
    good: { success: true },
  },
  'a release': {
    method: 'post',
    edge: 'release_thread_control',
    call: (control) => control.releaseThreadControl(psid),
    good: { success: true },
  },
  'an extension': {
    method: 'post',
    edge: 'extend_thread_control',
    call: (control) => control.extendThreadControl(psid, 86_400),
    good: { success: true },
  },
};

interface Trial {
  error: unknown;
  /** Calls of the edge that failed, and calls of all others. */
  attempts: number;
  questions: number;
  waits: number[];
  /** Whether the next call, with Graph well again, was answered. */
  after: boolean;
}

/** Calls while the fault lasts, and once again when it is over. */
async function tryOut(fault: Script, times: number, { edge, call, good }: (typeof calls)[string]): Promise<Trial> {
  const waits: number[] = [];
  let left = times;
  const script = ({ path }: RecordedCall): Script => {
    if (!path.endsWith(`/${edge}`)) return { json: { data: [{ thread_owner: { app_id: appId } }] } };
    left -= 1;
    return left >= 0 ? fault : { json: good };
  };
  const graph = await routedGraph(script);
  try {
    const client = impatientClient(
      graph,
      {
        pageToken,
        appSecret: 'a-fake-app-secret',
        sleep: async (ms) => void waits.push(ms),
        random: () => 0.5,
      },
      (path) => endsByTimeLimit(fault) && left > 0 && path.endsWith(edge),
    );
    const control = new FacebookThreadControlHelper(client, { appId: 'another-app' });
    const error: unknown = await call(control).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const attempts = graph.calls.filter(({ path }) => path.endsWith(`/${edge}`)).length;
    const questions = graph.calls.length - attempts;
    left = 0;
    const after = await call(control).then(
      () => true,
      () => false,
    );
    return { error, attempts, questions, waits, after };
  } finally {
    await graph.close();
  }
}

function meaningOf(error: unknown): ScriptedFault['means'] | undefined {
  if (error instanceof GraphApiError) return { reason: error.reason };
  return error instanceof GraphTransportError ? { failure: error.failure } : undefined;
}

describe('Graph failing', () => {
  for (const fault of graphFaultScripts) {
    it(`${fault.name}: understood for every call, not repeated more than allowed, and over when it is over`, async () => {
      for (const [name, call] of Object.entries(calls)) {
        const { error, attempts, questions, waits, after } = await tryOut(fault.script, Infinity, call);
        expect(meaningOf(error), name).to.deep.equal(fault.means);
        expect(attempts, `attempts of ${name}`).to.equal(fault.attempts[call.method]);
        // Only what may have taken effect is asked about, once.
        expect(questions, `questions after ${name}`).to.be.at.most(1);
        expect(waits).to.have.length(attempts - 1);
        for (const wait of waits) expect(wait).to.be.within(1, 8_000);
        expect(inspect(error, { depth: Infinity, showHidden: true })).not.to.contain(pageToken);
        expect(after, `${name} after the fault`).to.equal(true);
      }
    });

    if (!endsByTimeLimit(fault.script) && fault.attempts.get > 1) {
      it(`${fault.name}, once: what may be repeated succeeds without anybody noticing`, async () => {
        for (const [name, call] of Object.entries(calls)) {
          const { error, attempts } = await tryOut(fault.script, 1, call);
          if (fault.attempts[call.method] === 1) continue;
          expect(error, name).to.equal(undefined);
          expect(attempts, name).to.equal(2);
        }
      });
    }
  }

  it('waits as long as Graph asks, before it asks again', async () => {
    const fault = graphFaultScripts.find(({ name }) => name === '429 with Retry-After')!;
    const { waits } = await tryOut(fault.script, 1, calls['a pass']!);
    expect(waits).to.deep.equal([3_000]);
  });
});
