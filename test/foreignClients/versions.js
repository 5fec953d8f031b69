/** The packages that are played, with their versions. They are no dependencies of the project. */
export const versions = {
  'botbuilder-adapter-facebook': '1.0.12',
  'claudia-bot-builder': '4.5.0',
  'facebook-nodejs-business-sdk': '24.0.1',
  fb: '2.0.0',
  'fb-messenger': '2.3.1',
  fbgraph: '1.4.4',
  'messaging-api-messenger': '1.1.0',
  'messenger-bot': '2.5.0',
  'messenger-node': '0.3.2',
};
