/** The packages that are played, with their versions. They are no dependencies of the project. */
export const versions = {
  '@microsoft/agents-hosting': '1.8.1',
  '@microsoft/agents-hosting-express': '1.8.1',
  botbuilder: '4.23.3',
  'botbuilder-adapter-facebook': '1.0.12',
  'claudia-bot-builder': '4.5.0',
  'facebook-nodejs-business-sdk': '24.0.1',
  fb: '2.0.0',
  'fb-messenger': '2.3.1',
  fbgraph: '1.4.4',
  'messaging-api-messenger': '1.1.0',
  'messenger-bot': '2.5.0',
  'messenger-node': '0.3.2',
  restify: '12.0.0',
};
