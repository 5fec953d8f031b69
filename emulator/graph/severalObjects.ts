import type { JsonObject } from '../json.ts';
import { listOfTexts } from './graphParams.ts';
import { refusal, type Admitted, type GraphOutcome, type GraphRequest } from './graphOutcome.ts';

const mostIds = 50;

/**
 * Reads several objects in one call, or an edge of each: `/?ids=1,2`, `/conversations?ids=1`. Graph answers with one object that has them
 * by their ids, or with the first refusal.
 * Source: https://developers.facebook.com/docs/graph-api/overview#multiple-object-read
 */
export async function readSeveral(
  request: GraphRequest,
  admit: (request: GraphRequest) => Admitted | GraphOutcome,
): Promise<GraphOutcome> {
  const { ids: _ids, ...params } = request.params;
  const ids = listOfTexts(request.params, 'ids') ?? [];
  if (ids.length === 0 || ids.length > mostIds) {
    return refusal('invalidParameter', `ids has to name 1 to ${mostIds} objects.`, request.traceId);
  }
  const found: [string, unknown][] = [];
  for (const id of ids) {
    const admitted = admit({ ...request, params, path: request.path === '' ? id : `${id}/${request.path}` });
    const outcome = 'serve' in admitted ? await admitted.serve() : admitted;
    if (outcome.status !== 200) return outcome;
    found.push([id, outcome.body]);
  }
  const body: JsonObject = Object.fromEntries(found);
  return { status: 200, body, effects: [] };
}
