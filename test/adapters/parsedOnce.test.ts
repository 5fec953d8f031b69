import { Session } from 'node:inspector/promises';
import { expect } from 'chai';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { createBotServer } from '../../server.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { webhookSettings } from '../support/settingsReader.ts';
import { metaBytes, postSigned } from '../support/signedWebhook.ts';
import { testSettings } from '../support/testSettings.ts';

/** How often `parseFacebookEvent` is called while this runs, as V8 counts it. */
async function countParses(work: () => Promise<void>): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const [parser] = result
      .filter(({ url }) => url.endsWith('/models/parseFacebookEvent.ts'))
      .flatMap(({ functions }) => functions)
      .filter(({ functionName }) => functionName === 'parseFacebookEvent');
    return parser?.ranges[0]?.count ?? 0;
  } finally {
    session.disconnect();
  }
}

const customer = { sender: { id: '20' }, recipient: { id: '10' }, timestamp: 1767225600123 };
const message = { ...customer, message: { mid: 'm-1', text: 'hello' } };
const postback = { ...customer, postback: { mid: 'm-2', title: 'Menu', payload: 'menu' } };
const pass = { ...customer, pass_thread_control: { new_owner_app_id: '1', metadata: 'back' } };
const request = { ...customer, request_thread_control: { requested_owner_app_id: '2' } };
const echo = {
  ...{ sender: { id: '10' }, recipient: { id: '20' }, timestamp: 1767225600123 },
  message: { mid: 'm-3', text: 'hello', is_echo: true, app_id: '2' },
};

const items = { message, postback, pass, request };

const activities: Readonly<Record<string, object>> = {
  message: { type: 'message', text: 'hello', channelData: message },
  postback: { type: 'message', text: 'menu', channelData: postback },
  'postback in value': { type: 'event', value: postback },
  pass: { type: 'conversationUpdate', channelData: pass },
  request: { type: 'event', value: request },
  'standby item': { type: 'event', name: 'standby', value: { standby: [message] } },
  'standby item in two places': {
    type: 'event',
    name: 'standby',
    value: [message],
    channelData: { standby: [message] },
  },
  'message that is an echo': { type: 'message', text: 'hello', channelData: echo },
};

/** A server with a bot that hears everything and says nothing. `work` gets its address. */
async function withServer(settings: object, work: (url: string) => Promise<Response>): Promise<string[]> {
  const heard: string[] = [];
  class Listener extends FacebookActivityHandler {
    constructor() {
      super();
      this.onTurn(async (context, next) => {
        heard.push(this.facebookEvent(context)?.kind ?? 'none');
        await next();
      });
    }
  }
  const server = await createBotServer(testSettings({ ...settings }), {
    logger: createRecordingLogger(),
    createBot: () => new Listener(),
  });
  try {
    expect((await work(server.url)).status).to.equal(200);
    await server.settled();
  } finally {
    await server.close();
  }
  return heard;
}

describe('an event is parsed once when it is accepted and once in its turn', () => {
  const parses = async (settings: object, post: (url: string) => Promise<Response>): Promise<number> => {
    let heard: string[] = [];
    const count = await countParses(async () => {
      heard = await withServer(settings, post);
    });
    expect(heard).to.have.length(1);
    expect(heard).to.not.include('none');
    return count;
  };

  for (const list of ['messaging', 'standby']) {
    for (const [name, item] of Object.entries(items)) {
      it(`${name} in ${list} of a webhook`, async () => {
        const body = metaBytes({ object: 'page', entry: [{ id: '10', time: 1767225600123, [list]: [item] }] });
        const post = (url: string) => postSigned(`${url}/webhook`, body, webhookSettings.FacebookAppSecret);
        expect(await parses(webhookSettings, post)).to.equal(2);
      });
    }
  }

  for (const [name, fields] of Object.entries(activities)) {
    it(`${name} through Azure's channel`, async () => {
      const post = (url: string) =>
        fetch(`${url}/api/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            ...{ id: 'a-1', channelId: 'facebook', serviceUrl: 'http://127.0.0.1:9/', conversation: { id: '20-10' } },
            ...{ from: { id: '20' }, recipient: { id: '10' }, ...fields },
          }),
        });
      expect(await parses({}, post)).to.equal(2);
    });
  }

  it('and is parsed anew in the turn, so that a payload which was changed before is heard as it is', async () => {
    const body = metaBytes({ object: 'page', entry: [{ id: '10', time: 1767225600123, messaging: [message] }] });
    const texts: unknown[] = [];
    const bot = new FacebookActivityHandler().onFacebookQuickReply((event) =>
      Promise.resolve(void texts.push(event.quickReply)),
    );
    const server = await createBotServer(testSettings(webhookSettings), {
      logger: createRecordingLogger(),
      createBot: () => ({
        run: async (context) => {
          const data = context.activity.channelData as { message: object };
          Object.assign(data.message, { quick_reply: { payload: 'changed' } });
          await bot.run(context);
        },
      }),
    });
    await postSigned(`${server.url}/webhook`, body, webhookSettings.FacebookAppSecret);
    await server.settled();
    await server.close();
    expect(texts).to.deep.equal([{ payload: 'changed' }]);
  });
});
