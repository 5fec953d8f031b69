import type { EmulatorOptions } from './emulator.ts';
import { startEmulator } from './startEmulator.ts';
import { facebookSettings, type Platform } from './startPlatform.ts';

/**
 * Starts an emulated Messenger alone, for bots that use its webhook and its Send API themselves. `connect` registers a bot's
 * `/webhook`. The bot must be running: Messenger sends it a challenge, and `connect` rejects if the answer is wrong.
 *
 * Rejects as `startEmulator` does.
 */
export async function startDirectPlatform(options: EmulatorOptions = {}): Promise<Platform> {
  const emulator = await startEmulator(options);
  return {
    emulator,
    bots: emulator.apps.map((app) => ({
      app,
      settings: facebookSettings(emulator, app),
      connect: (botUrl) =>
        emulator.registerWebhook(app.id, { callbackUrl: `${botUrl}/webhook`, verifyToken: app.verifyToken }),
    })),
    close: () => emulator.close(),
  };
}
