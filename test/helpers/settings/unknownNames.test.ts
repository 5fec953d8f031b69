import { expect } from 'chai';
import { editDistance, nearestName } from '../../../helpers/settings/nearestName.ts';
import { read, refusal, refused } from '../../support/settingsReader.ts';

const cureFor = (name: string): string | undefined =>
  refusal({ [name]: 'fake-value' }).problems.find(({ setting }) => setting === name)?.fix;

describe('A name that nobody reads', () => {
  it('in the environment or .env gets the nearest known name when it begins like ours', () => {
    expect(cureFor('facebookpagetoken')).to.contain('FacebookPageToken');
    expect(cureFor('FACEBOOK_PAGE_TOKEN')).to.contain('FacebookPageToken');
    expect(cureFor('FacebookPageTokn')).to.contain('FacebookPageToken');
    expect(cureFor('MicrosoftAppID')).to.contain('MicrosoftAppId');
    expect(cureFor('MICROSOFT_APP_TYPE')).to.contain('MicrosoftAppType');
    expect(cureFor('MicrosoftTenantId')).to.contain('MicrosoftAppTenantId');
    expect(refused({}, { '.env': 'facebookAppId=1' })).to.deep.equal(['facebookAppId']);
  });

  it('gets told also when it is a known one in another case, without such a beginning', () => {
    expect(cureFor('BOTROLE')).to.contain('BotRole');
    expect(cureFor('graphApiBaseURL')).to.contain('GraphApiBaseUrl');
  });

  it('gets told when it is a known one with other case and underscores', () => {
    expect(cureFor('BOT_ROLE')).to.contain('BotRole');
    expect(cureFor('PAGE_INBOX_MOVE_TO_MAIN')).to.contain('PageInboxMoveToMain');
    expect(cureFor('graph_api_version')).to.contain('GraphApiVersion');
  });

  it('in .env, which is our own file, gets told when it is near to a known one', () => {
    const cureInFile = (name: string): string | undefined =>
      refusal({}, { '.env': `${name}=fake-value` }).problems.find(({ setting }) => setting === name)?.fix;
    const meant = {
      BOT_ROLE: 'BotRole',
      botRole: 'BotRole',
      BotRol: 'BotRole',
      LogLevle: 'LogLevel',
      LOG_LEVEL: 'LogLevel',
      HOST: 'Host',
      OAUTH_URL: 'OAuthUrl',
      NotOwnerRequests: 'NotOwnerRequest',
      PAGE_ACCESS_TOKN: 'PAGE_ACCESS_TOKEN',
    };
    for (const [name, known] of Object.entries(meant)) expect(cureInFile(name)).to.contain(`Did you mean ${known}?`);
  });

  it('in .env is left alone when it is near to none', () => {
    const names =
      'NODE_OPTIONS TZ HOME TEST DEBUG HTTPS_PROXY COMPOSE_PROJECT_NAME DB_HOST DB_PORT APP_URL PAGE_ID APP_ID';
    const text = names.split(' ').map((name) => `${name}=x`);
    expect(read({}, { '.env': ['NODE_ENV=test', 'PORT=3978', ...text].join('\n') })).to.deep.equal(read({}));
  });

  it('gets no far-fetched suggestion', () => {
    expect(cureFor('MicrosoftEdgeUpdateChannelName')).to.contain('docs/settings.md').and.not.contain('Did you mean');
  });

  it('in appsettings.json is refused whatever it begins with', () => {
    const { problems } = refusal({}, { 'appsettings.json': '{"LogLevl":"info","comment":"","Logging":{}}' });
    expect(problems.map(({ setting }) => setting)).to.deep.equal(['LogLevl', 'comment', 'Logging']);
    expect(problems[0]?.fix).to.contain('LogLevel');
    for (const { problem } of problems) expect(problem).to.contain('appsettings.json');
  });

  it('is left alone when it belongs to others', () => {
    const common = 'HOST HOSTNAME LOGLEVEL LOG_LEVEL NODEENV OAUTH_URL CALLER_ID HOME BotRol';
    const others = Object.fromEntries(common.split(' ').map((name) => [name, 'x']));
    const env = { PATH: '/bin', ...others, MICROSOFT_PROVIDER_AUTHENTICATION_SECRET: 'x', Facebook: '' };
    expect(read(env)).to.deep.equal(read({}));
  });

  it('is not shown when it may be a token or would disturb a terminal', () => {
    const token = `EAAfake${'0'.repeat(60)}`;
    const { message } = refusal({}, { 'appsettings.json': JSON.stringify({ [token]: '', 'a\u001b[31mb': '' }) });
    expect(message).not.to.contain('EAAfake').and.not.contain('\u001b');
  });
});

describe('nearestName', () => {
  it('counts letters put in, taken out and exchanged', () => {
    expect([editDistance('', 'abc'), editDistance('abc', ''), editDistance('abc', 'abc')]).to.deep.equal([3, 3, 0]);
    expect([editDistance('kitten', 'sitting'), editDistance('ab', 'ba')]).to.deep.equal([3, 2]);
  });

  it('takes the nearest, and none when all are far', () => {
    expect(nearestName('Prt', ['Host', 'Port'])).to.equal('Port');
    expect(nearestName('something', ['Host', 'Port'])).to.equal(undefined);
    expect(nearestName('Port'.repeat(100), ['Port'])).to.equal(undefined);
  });
});
