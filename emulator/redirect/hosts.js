/** The hosts of Meta that bots call, in whose place the emulator is. */
export const metaHosts = ['graph.facebook.com', 'graph-video.facebook.com'];

/** Those of Microsoft, in whose place the emulated Azure is. */
export const microsoftHosts = [
  'login.microsoftonline.com',
  'login.botframework.com',
  'api.botframework.com',
  'facebook.botframework.com',
];
