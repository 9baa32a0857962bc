// What `openBundle` says, in words that can be compared between platforms and with the command line.

/** The verdict's text of what was opened, what is missing, or the error. */
export async function opened(kettle, files, settings, options) {
  try {
    const { content, missing } = await kettle.openBundle(files, options);
    if (!content) return `missing ${missing.join(' ')}`;
    return (await kettle.appraise(content, settings)).json;
  } catch (error) {
    if (!(error instanceof kettle.KettleVerifyError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/** Decompressors have their own words for what is wrong, and find it a little earlier or later. */
export const plain = (said) => said.replace(/( at `[^`]*`)?(: not a sound archive): .*(; fetch it again)/, '$2$3');
