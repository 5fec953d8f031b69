import { ActivityHandler } from 'botbuilder';
import { expect } from 'chai';
import { createBotServer } from '../../../server.ts';
import { outcomeOfFailedCall } from '../../../turns/callOutcome.ts';
import { classifyTurnFailure } from '../../../turns/turnFailure.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';
import { testSettings } from '../../support/testSettings.ts';
import { withoutRetries } from '../../support/withoutRetries.ts';

describe('A serviceUrl of this machine at which nobody listens', () => {
  it('is told in a sentence with its fix, and it is known that nothing was sent', async () => {
    const logger = createRecordingLogger();
    const bot = new ActivityHandler().onMessage(async (context) => {
      await context.sendActivity('hello');
    });
    const server = await createBotServer(testSettings(), { ...withoutRetries, logger, createBot: () => bot });
    try {
      const response = await fetch(`${server.url}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          type: 'message',
          id: 'activity-1',
          channelId: 'emulator',
          serviceUrl: 'http://127.0.0.1:9/a/path',
          from: { id: 'user' },
          recipient: { id: 'bot' },
          conversation: { id: 'one' },
          text: 'hi',
        }),
      });
      expect(response.status).to.equal(200);
      await server.settled();
    } finally {
      await server.close();
    }
    const error = logger.lines.find(({ message }) => message === 'turn')?.fields['err'];
    expect(error).to.be.an('error').with.property('name', 'NobodyAtServiceUrl');
    const { message, stack } = error as Error;
    expect(message).to.match(/^Nothing listens at http:\/\/127\.0\.0\.1:9, which is the serviceUrl/);
    expect(message).to.include('Start Bot Framework Emulator');
    expect(stack).not.to.include('\n');
    expect([outcomeOfFailedCall(error), classifyTurnFailure(error)]).to.deep.equal(['refused', 'temporary']);
  });
});
