import { expect } from 'chai';
import { editDistance, nearestName } from '../../helpers/nearestName.ts';
import { read, refusal, refused } from '../support/settingsReader.ts';

const cureFor = (name: string): string | undefined =>
  refusal({ [name]: 'fake-value' }).problems.find(({ setting }) => setting === name)?.cure;

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

  it('gets no far-fetched suggestion', () => {
    expect(cureFor('MicrosoftEdgeUpdateChannelName')).to.contain('docs/settings.md').and.not.contain('Did you mean');
  });

  it('in appsettings.json is refused whatever it begins with', () => {
    const { problems } = refusal({}, { 'appsettings.json': '{"LogLevl":"info","comment":"","Logging":{}}' });
    expect(problems.map(({ setting }) => setting)).to.deep.equal(['LogLevl', 'comment', 'Logging']);
    expect(problems[0]?.cure).to.contain('LogLevel');
    for (const { problem } of problems) expect(problem).to.contain('appsettings.json');
  });

  it('is left alone when it belongs to others', () => {
    const env = { PATH: '/bin', HOST: 'x', LOGLEVEL: 'x', MICROSOFT_PROVIDER_AUTHENTICATION_SECRET: 'x', Facebook: '' };
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
