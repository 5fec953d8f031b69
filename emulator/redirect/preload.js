/**
 * `node --import <this file> bot.js`: a bot that was not written for the emulator calls it instead of Meta and Microsoft. Other ports than
 * those of `npm run emulator` stand behind the name of the file: `preload.js?graph=http://127.0.0.1:5000&azure=http://127.0.0.1:5001`.
 */
import { hostsOf, redirectHosts } from './redirectHosts.js';

const { searchParams } = new URL(import.meta.url);
redirectHosts(
  hostsOf({
    graph: searchParams.get('graph') ?? 'http://127.0.0.1:4600',
    azure: searchParams.get('azure') ?? 'http://127.0.0.1:4601',
  }),
);
