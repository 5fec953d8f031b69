import type { BotState } from '../botReports.ts';
import { roleOf } from '../core/rules.ts';
import { firstOwner, type MessengerState } from '../core/state.ts';
import type { Receiver } from '../delivery/webhookDelivery.ts';
import type { EmulatedApp, EmulatorState } from '../emulator.ts';
import type { TokenKind, TokenLife } from '../graph/accessTokens.ts';
import { tokenFields, type AppAccount, type AppAccounts } from '../graph/appAccounts.ts';
import type { AppSeed } from '../seed.ts';

/** The state as people and tests see it: without tokens, with roles and callbacks. */
export function visibleState(
  state: MessengerState,
  now: number,
  receivers: ReadonlyMap<string, Receiver>,
  bots: ReadonlyMap<string, BotState>,
  accounts: Pick<AppAccounts, 'of'>,
): Omit<EmulatorState, 'instance' | 'armedFaults'> {
  const { mode, page, primaryAppId, metaAi, entryPoints, customers, personas, threads, switches } = state;
  return {
    now,
    newThreadOwner: firstOwner(state),
    mode,
    page,
    primaryAppId,
    metaAi,
    entryPoints,
    apps: state.apps.map((app) => {
      const callbackUrl = receivers.get(app.id)?.callbackUrl;
      const bot = bots.get(app.id);
      return {
        ...app,
        role: roleIn(state, app.id),
        tokens: livesOf(accounts.of(app.id)),
        ...(callbackUrl === undefined ? {} : { callbackUrl }),
        ...(bot === undefined ? {} : { bot }),
      };
    }),
    customers,
    personas,
    threads,
    switches,
  };
}

function livesOf(account: AppAccount): Record<TokenKind, TokenLife> {
  const lifeOf = (kind: TokenKind): TokenLife => {
    const { expiresAt, invalidated } = account[tokenFields[kind]];
    return { expiresAt, invalidated };
  };
  return { page: lifeOf('page'), user: lifeOf('user'), app: lifeOf('app') };
}

/** An app of the seed as it is now. */
export function emulatedApp(state: MessengerState, app: AppSeed): EmulatedApp {
  const mayTakeControl = state.apps.some((one) => one.id === app.id && one.mayTakeControl) ? 'yes' : 'no';
  return { ...app, mayTakeControl, role: roleIn(state, app.id) };
}

const roleIn = (state: MessengerState, appId: string): 'primary' | 'secondary' =>
  roleOf(state, appId) === 'primary' ? 'primary' : 'secondary';
