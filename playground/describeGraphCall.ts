import { isJsonObject } from '../emulator/json.ts';
import { at, listAt, textAt } from './json.ts';
import type { Names } from './names.ts';
import type { ReadingItem } from './readingOrder.ts';

export type CalledItem = Extract<ReadingItem, { readonly type: 'called' }>;

export interface GraphCallInWords {
  readonly by: string;
  /** The last part of the path, such as `pass_thread_control`. */
  readonly edge: string;
  /** With target and metadata, as far as the call has them. */
  readonly call: string;
  /** `ok`, what was asked for, or the refusal with Meta's codes. */
  readonly answer: string;
  /** Why Meta refuses it. */
  readonly because?: string;
}

export function describeGraphCall({ call, refused }: CalledItem, names: Names): GraphCallInWords {
  const edge = call.path.split('/').at(-1) ?? call.path;
  const target = textAt(call.params, 'target_app_id');
  const metadata = textAt(call.params, 'metadata') ?? textAt(call.params, 'message', 'text');
  const to = target === undefined ? '' : ` to ${names.receiver(target)}`;
  const words = `${edge}${to}${metadata === undefined ? '' : ` "${shortened(metadata)}"`}`;
  const by = call.appId === undefined ? 'somebody' : names.receiver(call.appId);
  const because = refused === undefined ? {} : { because: `${refused.because}${guessed(refused.guessed)}` };
  return { by, edge, call: words, answer: answerOf(call, edge, names), ...because };
}

const longest = 48;
const shortened = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).trimEnd()}…`;

const guessed = (isGuessed: boolean): string => (isGuessed ? ' (guessed)' : '');

/** The customer that a call is about. */
export function psidOf({ call }: CalledItem): string | undefined {
  return textAt(call.params, 'recipient', 'id') ?? textAt(call.params, 'recipient');
}

function answerOf({ status, answer, fault }: CalledItem['call'], edge: string, names: Names): string {
  if (status === undefined) return 'no answer, the connection broke';
  const error = at(answer, 'error');
  if (isJsonObject(error)) {
    const subcode = textAt(error, 'error_subcode');
    const codes = `code ${textAt(error, 'code') ?? '?'}${subcode === undefined ? '' : `, subcode ${subcode}`}`;
    return `refused: ${status}, ${codes}${fault === 'injected' ? ' (injected)' : ''}`;
  }
  if (edge === 'secondary_receivers') {
    return listAt(answer, 'data')
      .map((receiver) => names.receiver(textAt(receiver, 'id')))
      .join(', ');
  }
  if (edge === 'thread_owner') {
    const [first] = listAt(answer, 'data');
    if (first === undefined) return 'nobody';
    const appId = textAt(first, 'thread_owner', 'app_id');
    return appId === undefined ? 'another receiver, not told which' : names.receiver(appId);
  }
  return 'ok';
}
