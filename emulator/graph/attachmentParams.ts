import type { JsonObject } from '../json.ts';
import { ParameterError, type GraphCall } from './graphCall.ts';
import { addressParam, idParam, objectParam, stringParam } from './graphParams.ts';
import { readTemplate, type AttachmentParams } from './templateParams.ts';

/** Reads `message.attachment`: a file by its address or its bytes, or a template. */
export function readAttachment(attachment: JsonObject, call: GraphCall): AttachmentParams {
  const type = stringParam(attachment, 'type');
  const payload = objectParam(attachment, 'payload') ?? {};
  switch (type) {
    case 'image':
    case 'video':
    case 'audio':
    case 'file':
      return { attachment: { type, payload: { url: readFile(payload, call) } }, text: '', buttons: [] };
    case 'template':
      return readTemplate(payload);
    default:
      throw new ParameterError('attachment.type has to be one of image, video, audio, file, template.');
  }
}

/**
 * The address of a file; one that came with the call gets an address of the emulator.
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/saving-assets
 */
function readFile(payload: JsonObject, { files, keepFile, state }: GraphCall): string {
  const id = idParam(payload, 'attachment_id');
  if (id !== undefined) {
    const asset = state.assets.find((one) => one.id === id);
    if (asset === undefined) throw new ParameterError('attachment_id is not the id of a saved attachment.');
    return asset.url;
  }
  const uploaded = files.get('filedata');
  if (uploaded !== undefined && payload['url'] === undefined) return keepFile(uploaded).url;
  return addressParam(payload, 'url', 'attachment');
}
