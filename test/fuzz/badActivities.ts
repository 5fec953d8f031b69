import type { SeededRandom } from '../support/seededRandom.ts';
import { request, withField, type BadInput } from './badRequest.ts';
import { strangeJson } from './strangeJson.ts';

/** Items as they come on standby, whole and broken. */
const standbyItem = ({ below, pick }: SeededRandom, json: string): string =>
  pick([
    json,
    `{"sender":${json},"recipient":{"id":"1"},"message":{"mid":"m_${below(1e9)}","text":"x"}}`,
    `{"sender":{"id":"${below(1e9)}"},"recipient":{"id":"1"},"timestamp":${json},"message":${json}}`,
    `{"sender":{"id":"7"},"recipient":{"id":"1"},"timestamp":1,"pass_thread_control":${json}}`,
  ]);

/** Sound requests with sound JSON that make no sense as an activity. */
export const badActivities: Readonly<Record<string, BadInput>> = {
  'an unknown type': (good, { pick }) =>
    request(
      good,
      withField(
        good,
        'type',
        JSON.stringify(
          pick([
            '',
            ' ',
            'Message',
            'handoff',
            'typing',
            'endOfConversation',
            'installationUpdate',
            'messageReaction',
            'contactRelationUpdate',
            'trace',
            'command',
            'constructor',
            '__proto__',
            'x'.repeat(1_000),
            'EVENT',
          ]),
        ),
      ),
    ),
  'an invalid date': (good, { pick }) =>
    request(
      good,
      withField(
        good,
        pick(['timestamp', 'localTimestamp', 'expiration', 'rawTimestamp']),
        pick([
          '"yesterday"',
          '""',
          '"2026-13-45T99:99:99Z"',
          '0',
          '-1',
          'null',
          '"+275760-09-13T00:00:00.001Z"',
          '{}',
          '1e20',
          '[]',
        ]),
      ),
    ),
  'an odd serviceUrl': (good, { pick }) =>
    request(
      good,
      withField(
        good,
        'serviceUrl',
        pick([
          '""',
          'null',
          '7',
          '"x"',
          '"http://169.254.169.254/"',
          '"file:///etc/passwd"',
          '"javascript:1"',
          '"https://evil.example/"',
          '"http://127.0.0.1:1/"',
          '"http://[::1]:1/"',
          '"http://127.0.0.1:99999/"',
          '"http://127.0.0.1@evil.example/"',
          '"http://127.1/"',
          '"http://2130706433/"',
          '"http://localhost\\u0000.evil.example/"',
          '"http:/\\\\evil.example"',
          '"https://smba.trafficmanager.net.evil.example/"',
          '"http://127.0.0.1:1/?x#y"',
          '[]',
          '{}',
          '"data:,"',
          '"blob:http://127.0.0.1/1"',
          '" http://127.0.0.1:1/"',
        ]),
      ),
    ),
  'an odd channel': (good, random) =>
    request(
      good,
      withField(
        good,
        'channelId',
        random.pick([
          '""',
          '"Facebook"',
          '"facebook "',
          '"__proto__"',
          '"AseChannel"',
          '"\\u0000"',
          '"skype"',
          `"${'x'.repeat(5_000)}"`,
          strangeJson(random),
        ]),
      ),
    ),
  'odd people and conversations': (good, random) =>
    request(
      good,
      withField(
        good,
        random.pick(['from', 'recipient', 'conversation', 'membersAdded', 'relatesTo']),
        strangeJson(random),
      ),
    ),
  'an odd delivery mode': (good, random) =>
    request(
      good,
      withField(
        good,
        'deliveryMode',
        random.pick(['"expectReplies"', '"ephemeral"', '"notification"', '"stream"', strangeJson(random)]),
      ),
    ),
  'odd attachments and entities': (good, random) =>
    request(
      good,
      withField(
        good,
        random.pick([
          'attachments',
          'entities',
          'suggestedActions',
          'reactionsAdded',
          'textHighlights',
          'semanticAction',
        ]),
        strangeJson(random),
      ),
    ),
  'an odd standby': (good, random) => {
    const items = `[${Array.from({ length: random.below(4) }, () => standbyItem(random, strangeJson(random))).join(',')}]`;
    const shape = random.pick([
      items,
      `{"standby":${items}}`,
      `{"standBy":${items},"id":${strangeJson(random)}}`,
      strangeJson(random),
      `{"StandBy":{"0":${items}}}`,
    ]);
    const base = JSON.stringify({
      ...good.activity,
      type: 'event',
      name: random.pick(['standby', 'StandBy', 'STANDBY']),
      value: null,
    });
    return request(
      good,
      base.replace('"value":null', () => `"value":${shape}`),
    );
  },
  'thousands of standby items': (good, random) => {
    const items = Array.from({ length: 1_000 + random.below(4_000) }, () =>
      random.pick(['1', '{}', '[]', '""', 'null']),
    );
    const base = JSON.stringify({ ...good.activity, type: 'event', name: 'standby', channelData: null, value: null });
    return request(
      good,
      base.replace('"value":null', () => `"value":[${items.join(',')}]`),
    );
  },
  'an odd Messenger payload': (good, random) => {
    const kind = random.pick([
      'message',
      'postback',
      'pass_thread_control',
      'take_thread_control',
      'request_thread_control',
      'app_roles',
      'reaction',
      'read',
      'delivery',
      'referral',
      'optin',
      'unknown',
    ]);
    const json = random.pick([
      strangeJson(random),
      `{"mid":${strangeJson(random)},"text":${strangeJson(random)}}`,
      `{"metadata":${strangeJson(random)},"new_owner_app_id":${strangeJson(random)}}`,
    ]);
    const payload = `{"sender":{"id":"7"},"recipient":${random.pick(['{"id":"1"}', strangeJson(random)])},"timestamp":${random.pick(['1', strangeJson(random)])},"${kind}":${json}}`;
    return request(good, withField(good, random.pick(['channelData', 'value']), payload));
  },
  'tens of thousands of names': (good, { below }) => {
    const names = Array.from({ length: 10_000 + below(10_000) }, (_unused, index) => `"k${index}":0`).join(',');
    return request(good, withField(good, 'channelData', `{${names}}`));
  },
  'texts that are hard on patterns': (good, { pick, below }) => {
    const length = 10_000 + below(40_000);
    const hard = pick([
      ' '.repeat(length),
      `${' '.repeat(length)}x`,
      '{"error":'.repeat(length / 9),
      'a@'.repeat(length / 2),
      '\\n'.repeat(length / 2),
    ]);
    return request(good, withField(good, pick(['text', 'id', 'name', 'channelData']), JSON.stringify(hard)));
  },
};
