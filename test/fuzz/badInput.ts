import { badActivities } from './badActivities.ts';
import { badHttp } from './badHttp.ts';
import { badJson } from './badJson.ts';
import type { BadInput } from './badRequest.ts';

/** Each kind of bad input, by its name. Every one makes another request for every state of the generator. */
export const badInputs: Readonly<Record<string, BadInput>> = { ...badJson, ...badHttp, ...badActivities };
