/** The kinds of files that Messenger distinguishes. */
export const fileKinds = ['image', 'video', 'audio', 'file'] as const;
export type FileKind = (typeof fileKinds)[number];

/**
 * Types that a browser shows or plays but never runs. Anything else, above all SVG and HTML, is served as a download, since it would
 * run with the rights of the emulator's own page.
 */
const harmlessTypes: ReadonlyMap<string, FileKind> = new Map([
  ['image/png', 'image'],
  ['image/jpeg', 'image'],
  ['image/gif', 'image'],
  ['image/webp', 'image'],
  ['video/mp4', 'video'],
  ['video/webm', 'video'],
  ['audio/mpeg', 'audio'],
  ['audio/mp4', 'audio'],
  ['audio/ogg', 'audio'],
  ['audio/wav', 'audio'],
  ['audio/webm', 'audio'],
]);

export interface FileType {
  readonly kind: FileKind;
  /** The content type that it is served as. */
  readonly contentType: string;
}

/** @param declared the content type that came with the file, with or without parameters */
export function fileTypeOf(declared: string): FileType {
  const contentType = (declared.split(';', 1)[0] ?? '').trim().toLowerCase();
  const kind = harmlessTypes.get(contentType);
  return kind === undefined ? { kind: 'file', contentType: 'application/octet-stream' } : { kind, contentType };
}
