import { inspect } from 'node:util';
import { expect } from 'chai';
import { classifyGraphError, type GraphErrorReason } from '../../../helpers/graph/classifyGraphError.ts';
import { GraphApiError, GraphTransportError, graphApiErrorFrom } from '../../../helpers/graph/graphErrors.ts';
import { strangeValues } from '../../support/strangeValues.ts';

type Row = [reason: GraphErrorReason, status: number, code: number | undefined, subcode?: number, message?: string];

const controlling = '(#10) Message failed to send because another app is controlling this thread now.';

/** Meta's table of errors, with those that production code has recorded. */
const rows: Row[] = [
  ['notThreadOwner', 400, 10, 2018300, controlling],
  ['notThreadOwner', 400, 10, undefined, controlling],
  ['notThreadOwner', 400, 100, 2534037, "The action is invalid since it's not the thread owner."],
  ['notThreadOwner', 400, 200, 2534037, '(#100 - 2534037) invalid'],
  ['notThreadOwner', 400, 100, undefined, "The action is invalid since it's not the thread owner."],
  ['alreadyThreadOwner', 400, 27, 1893035],
  ['alreadyThreadOwner', 400, 100, undefined, 'The app requesting thread control already has it.'],
  ['noDefaultApp', 400, 27],
  ['noDefaultApp', 400, 100, undefined, 'Take Thread Control is blocked unless a default application is set'],
  ['notPrimaryReceiver', 400, 100, 2018234, 'Denying visibility of any secondary receiver to another.'],
  ['notPrimaryReceiver', 400, 2018171, undefined, 'Only available to Primary and Secondary Receivers.'],
  ['notPrimaryReceiver', 400, 100, undefined, '(#100) Only available to Primary and Secondary Receivers.'],
  ['invalidTarget', 400, 100, 2018164, 'Incorrect App ID.'],
  ['invalidTarget', 400, 100, undefined, '(#100) Incorrect App ID.'],
  ['automatedFlow', 400, 10, 2018321],
  ['automatedFlow', 400, 10, undefined, 'the user is in an automated question and answer flow'],
  ['outsideWindow', 403, 10, 2018278, '(#10) This message is sent outside of allowed window.'],
  ['outsideWindow', 400, 10, 2018278],
  ['outsideWindow', 400, 10, 2534022],
  ['outsideWindow', 400, 10, 2018065],
  ['outsideWindow', 400, 10, undefined, '(#10) This message is sent outside of allowed window.'],
  ['restricted', 400, 10, 1893063],
  ['restricted', 400, 100, undefined, 'Handover Protocol APIs disabled for this page.'],
  ['restricted', 400, 613, 2018338],
  ['userUnavailable', 400, 10, 2018108],
  ['userUnavailable', 400, 551, 1545041, "(#551) This person isn't available right now."],
  ['userUnavailable', 400, 200, 1545041],
  ['userUnavailable', 400, 551],
  ['userUnavailable', 400, 100, 2018001, '(#100) No matching user found'],
  ['unknown', 400, 10, 2018336],
  ['unknown', 400, 10, 1404170],
  ['unknown', 400, 10, 2534077],
  ['permission', 403, 10, undefined, '(#10) Application does not have permission for this action'],
  ['permission', 403, 200, 2018028],
  ['permission', 403, 200],
  ['permission', 403, 10, undefined, '(#10) Permission denied'],
  [
    'permission',
    400,
    10,
    undefined,
    "(#10) This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content Access' feature.",
  ],
  ['permission', 403, 283, undefined, '(#283) Requires pages_read_engagement permission'],
  ['permission', 400, 3, undefined, '(#3) Application does not have the capability to make this API call.'],
  ['permission', 400, 200, 2018021],
  ['invalidToken', 400, 210, undefined, '(#210) This call requires a Page access token.'],
  ['invalidToken', 400, 2500, undefined, 'An active access token must be used to query information'],
  ['invalidToken', 400, 102, undefined, 'Error validating access token: Session has expired'],
  ['invalidToken', 401, 104, undefined, 'An access token is required to request this resource.'],
  ['userUnavailable', 400, 803, undefined, '(#803) Some of the aliases you requested do not exist'],
  ['userUnavailable', 400, 100, 2018218, '(#100) No profile available for this user.'],
  ['userUnavailable', 400, 100, undefined, '(#100) Parameter error: You cannot send messages to this id'],
  ['invalidTarget', 400, 100, undefined, '(#100) App is not installed: 1284000000000009'],
  ['restricted', 400, 368, undefined, '(#368) The action attempted has been deemed abusive or is otherwise disallowed'],
  ['notThreadOwner', 400, 100, undefined, '(#100) Only the current thread owner can release'],
  ['notThreadOwner', 400, 100, undefined, '(#100) The calling app is not the thread owner'],
  ['notThreadOwner', 400, 200, undefined, '(#100 - 2534037) The action is invalid.'],
  ['notThreadOwner', 400, 10, undefined, '(#10 – 2018300) Message failed to send.'],
  ['outsideWindow', 403, undefined, undefined, '(#10-2018278) Too late.'],
  ['notThreadOwner', 400, 200, 0, '(#100 - 2534037) The action is invalid.'],
  ['notThreadOwner', 400, 200, undefined, "(#200) The action is invalid since it's not the thread owner."],
  ['notThreadOwner', 403, 200, undefined, '(#200) Another app is controlling this thread now.'],
  ['outsideWindow', 403, 200, undefined, '(#200) This message is sent outside of allowed window.'],
  ['userUnavailable', 400, 200, undefined, "(#200) This person isn't receiving messages from you right now."],
  [
    'permission',
    400,
    200,
    undefined,
    '(#200) Requires pages_messaging permission, asked for with a user access token.',
  ],
  ['permission', 403, 200, undefined, '(#200) Permissions error'],
  ['noDefaultApp', 400, undefined, undefined, '(#27) Refused.'],
  [
    'noDefaultApp',
    400,
    100,
    undefined,
    'Take thread control is not supported when Conversation Routing is not enabled.',
  ],
  ['permission', 403, 230, undefined, '(#230) Requires pages_messaging permission'],
  ['unknown', 400, 100, 33, "Unsupported post request. Object with ID '1' does not exist"],
  ['unknown', 400, 100, undefined, '(#100) Invalid tag.'],
  ['unknown', 400, 100, 2018014, 'Cannot send both message and state at the same time.'],
  ['unknown', 400, 504, undefined, 'Invalid reply thread id'],
  ['invalidToken', 401, 190, undefined, 'Invalid OAuth access token - Cannot parse access token'],
  ['invalidToken', 400, 190, 458],
  ['invalidToken', 400, 190, 460],
  ['invalidToken', 400, 190, 463],
  ['invalidToken', 401, 190, 467],
  ['invalidToken', 400, 190, 490],
  ['invalidToken', 400, 100, undefined, 'API calls from the server require an appsecret_proof argument'],
  ['invalidToken', 400, 100, undefined, 'Invalid appsecret_proof provided in the API argument'],
  ['rateLimited', 400, 4],
  ['rateLimited', 400, 17],
  ['rateLimited', 400, 32],
  ['rateLimited', 400, 613],
  ['rateLimited', 400, 613, 2534040],
  ['rateLimited', 429, 80001],
  ['rateLimited', 429, 80002],
  ['rateLimited', 400, 80006],
  ['rateLimited', 400, 80014],
  ['rateLimited', 400, 341, undefined, '(#341) Application limit reached'],
  ['rateLimited', 429, undefined],
  ['temporary', 500, 1200, undefined, 'Temporary send message failure. Please try again later.'],
  ['temporary', 500, 1, 99],
  ['temporary', 500, 2],
  ['temporary', 500, 2, 2018344],
  ['temporary', 503, undefined],
  ['invalidToken', 401, undefined],
  ['unknown', 400, undefined],
];

describe('classifyGraphError', () => {
  for (const [reason, status, code, error_subcode, message] of rows) {
    const label = [status, code, error_subcode, message].filter((part) => part !== undefined).join(' / ');
    it(`says ${reason} for ${label}`, () => {
      expect(classifyGraphError(status, { error: { code, error_subcode, message } })).to.equal(reason);
    });
  }

  it('lets the subcode decide before the code, and the code before the words', () => {
    expect(classifyGraphError(400, { error: { code: 190, error_subcode: 2018300 } })).to.equal('notThreadOwner');
    expect(classifyGraphError(400, { error: { code: 4, message: controlling } })).to.equal('rateLimited');
  });

  it('believes Meta that an error is transient when nothing else is known', () => {
    expect(classifyGraphError(400, { error: { code: 99999, is_transient: true } })).to.equal('temporary');
  });

  it('reads numbers that came as strings', () => {
    expect(classifyGraphError(400, { error: { code: '10', error_subcode: '2018300' } })).to.equal('notThreadOwner');
  });

  it('never throws, whatever the body is', () => {
    for (const strange of strangeValues()) {
      expect(classifyGraphError(400, strange)).to.equal('unknown');
      expect(classifyGraphError(400, { error: strange })).to.equal('unknown');
      const fields = { code: strange, error_subcode: strange, message: strange, fbtrace_id: strange };
      expect(graphApiErrorFrom(400, { error: fields })).to.be.instanceOf(GraphApiError);
    }
  });
});

describe('GraphApiError', () => {
  it('tells status, code, subcode, trace id, reason and what Meta said', () => {
    const body = { error: { code: 10, error_subcode: 2018300, fbtrace_id: 'A/trace+1', message: controlling } };
    const error = graphApiErrorFrom(400, body);
    expect(error).to.include({
      status: 400,
      code: 10,
      subcode: 2018300,
      fbtraceId: 'A/trace+1',
      reason: 'notThreadOwner',
    });
    expect(error?.message).to.include(controlling).and.include('2018300');
  });

  it('is not made of a body without an error', () => {
    expect(graphApiErrorFrom(400, { success: false })).to.equal(undefined);
    expect(graphApiErrorFrom(500, 'oops')).to.equal(undefined);
  });

  it('holds no secret, even where Meta repeats the token', () => {
    const token = 'EAAfake|token%1';
    const message = `Malformed access token ${token} or ${encodeURIComponent(token)} or ${'EAAGother'.repeat(9)}`;
    const error = graphApiErrorFrom(400, { error: { code: 190, message, fbtrace_id: token } }, [token]);
    const shown = [
      inspect(error, { depth: null, showHidden: true }),
      JSON.stringify(error),
      error?.stack,
      error?.message,
    ];
    for (const text of shown) {
      expect(text).not.to.include('EAAfake').and.not.to.include('EAAGother');
    }
    expect(error).not.to.have.property('cause');
  });
});

describe('GraphTransportError', () => {
  it('says that the effect is unknown and what kept the answer away', () => {
    const error = new GraphTransportError('connection', { systemCode: 'ECONNRESET' });
    expect(error).to.include({ effect: 'unknown', failure: 'connection', systemCode: 'ECONNRESET' });
    expect(error.message).to.include('ECONNRESET');
    expect(error).not.to.have.property('cause');
  });
});
