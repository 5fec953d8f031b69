/** Edges of a Page that Meta has and the emulator has not, and why. A call of one is refused with these words. */
export const notModelledEdges: Readonly<Record<string, string>> = {
  personas: 'personas; every message comes from the Page itself.',
  message_attachments: 'message_attachments; send a file by its address each time.',
  pass_thread_metadata: 'pass_thread_metadata, which only the protocol of 2021 had.',
  custom_labels: 'custom_labels.',
  custom_user_settings: 'custom_user_settings; a menu is the same for every customer.',
};
