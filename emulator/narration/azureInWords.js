import { textAt } from './json.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { Names } from './names.js'
 * @import { Told } from './words.js'
 */

/**
 * What Azure's channel recorded, or another part beside the emulator's core.
 *
 * @param {EmulatorEvent} event
 * @param {Names} names
 * @returns {Told}
 */
export function azureInWords(event, names) {
  const text = (/** @type {string} */ field) => textAt(event, field) ?? '';
  const activity = `activity ${text('activityName') || text('activityType')}`;
  const facebookApp = text('appId');
  const bot = facebookApp === '' ? names.bot(text('botAppId') || text('clientId')) : names.receiver(facebookApp);
  const who = 'Azure';
  switch (event.type) {
    case 'azureChannel.activitySent':
      return { who, does: 'sends', what: `${activity} to ${bot}${outcomeInWords(text('outcome'), text('status'))}` };
    case 'azureChannel.activityReceived': {
      const reason = text('reason');
      const what = `${activity} from ${bot}: ${text('outcome')}, ${text('status')}${reason === '' ? '' : `. ${reason}`}`;
      return { who, does: 'gets', what };
    }
    case 'azureChannel.connectorRefused':
      return { who, does: 'refuses', what: `a call from ${bot}: ${text('status')} ${text('code')}` };
    case 'azureChannel.tokenIssued':
      return { who, does: 'issues', what: `a token to ${bot}` };
    case 'azureChannel.tokenRefused':
      return { who, does: 'refuses', what: `a token to ${bot}: ${text('error')}` };
    case 'azureChannel.webhookIgnored':
      return { who, does: 'makes', what: `no activity for ${bot}: ${text('reason')}` };
    default: {
      const [part = '', name = ''] = event.type.split('.');
      return {
        who: part === 'azureChannel' ? who : part,
        does: 'records',
        what: `${name} ${text('activityType')}`.trim(),
      };
    }
  }
}

/**
 * @param {string} outcome
 * @param {string} status
 */
function outcomeInWords(outcome, status) {
  switch (outcome) {
    case 'answered':
      return Number(status) < 300 ? '' : `: it answered ${status}`;
    case 'gaveUp':
      return ': it did not answer in time';
    case 'noEndpoint':
      return ': it has no address';
    default:
      return ': it cannot be reached';
  }
}
