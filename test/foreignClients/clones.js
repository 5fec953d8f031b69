/**
 * Clients and bots that no package registry has: their repositories on GitHub, the commits that are played, and the files of those.
 *
 * @type {Readonly<Record<string, { readonly commit: string, readonly date: string, readonly files: readonly string[] }>>}
 */
export const clones = {
  'arsduo/koala': { commit: '47d052063ef8b5644fb59e279da0b52687999f55', date: '2025-08-27', files: ['lib'] },
  'botman/botman': { commit: '800f0f89149abdd04ad4aa57b789376256bf1f1b', date: '2024-03-13', files: ['src'] },
  'botman/driver-facebook': { commit: 'f95be60669a88d9a6ab2dff0e50408c494a7227e', date: '2023-11-04', files: ['src'] },
  'davidchua/pymessenger': {
    commit: '31d62430ba3c0a19cad4052a8146ac5cec3f070d',
    date: '2019-08-29',
    files: ['pymessenger', 'examples'],
  },
  'fbsamples/messenger-platform-samples': {
    commit: '09c9387825be4a9247e80a7e7f201a626b829fad',
    date: '2025-05-06',
    files: [
      'handover_protocol/index.js',
      'handover_protocol/utils',
      'quick-start/app.js',
      'node/app.js',
      'node/config',
    ],
  },
  'fbsamples/original-coast-clothing': {
    commit: 'ecb454f0e67d49d7342b805d2288483e11a8cf15',
    date: '2022-11-10',
    files: ['app.js', 'i18n.config.js', 'locales', 'services', 'views'],
  },
  'huandu/facebook': {
    commit: '4be8bcf5d336e931854ef05a0816d4212ea3ea90',
    date: '2026-08-21',
    files: [':(glob)*.go', 'go.mod'],
  },
  'jgorset/facebook-messenger': {
    commit: '10d45342ee171fc76862a5cd6566b4c905945d5d',
    date: '2024-09-03',
    files: ['lib', 'examples'],
  },
  'mobolic/facebook-sdk': {
    commit: '3fa89fec6a20dd070ccf57968c6f89256f237f54',
    date: '2020-12-27',
    files: ['facebook'],
  },
  'mpociot/pipeline': { commit: '3584db4a0de68067b2b074edfadf6a48b5603a6b', date: '2017-04-21', files: ['src'] },
  'paked/messenger': {
    commit: 'a63926c9760e5ed6391aecab32d60d69e2bd86fa',
    date: '2023-01-01',
    files: [':(glob)*.go', 'go.mod', 'examples/basic'],
  },
  'rehabstudio/fbmessenger': {
    commit: 'd0b18c92f8f2a93773446ad6fd0cf9616e59057c',
    date: '2020-06-19',
    files: ['fbmessenger', 'example'],
  },
  'restfb/restfb': { commit: 'ca24c19d42faee41d462ed7192fa22a4bc2c1ec0', date: '2026-05-24', files: ['src/main'] },
  'spatie/macroable': { commit: '349e30df1d88e20736995f78fe84a075e434c764', date: '2026-06-26', files: ['src'] },
  'Yoctol/bottender': {
    commit: '154d2b69c48690f2519c76002f33c47ab44e9711',
    date: '2023-01-05',
    files: ['examples/messenger-handover', 'examples/messenger-batch'],
  },
};
