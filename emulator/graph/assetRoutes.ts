import { answer, ParameterError, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { readAttachment } from './attachmentParams.ts';
import { objectParam } from './graphParams.ts';

/** Files that are saved to be sent again. Source: https://developers.facebook.com/docs/messenger-platform/send-messages/saving-assets */
export const assetRoutes: readonly GraphRoute[] = [
  { method: 'POST', edge: 'message_attachments', params: ['message', 'filedata', 'platform'], handle: save },
];

function save(call: GraphCall): GraphReply {
  const message = objectParam(call.params, 'message') ?? {};
  const { attachment } = readAttachment(objectParam(message, 'attachment') ?? {}, call);
  const { type, payload } = attachment;
  if (type === 'template') throw new ParameterError('Only files can be saved, no templates.');
  return answer({ attachment_id: saveAsset(call, type, String(payload['url'])) });
}

/** Returns the id of the asset. */
export function saveAsset(call: GraphCall, fileType: 'image' | 'video' | 'audio' | 'file', url: string): string {
  const made = call.run({ type: 'saveAsset', fileType, url });
  return made.type === 'done' ? (made.id ?? '') : '';
}
