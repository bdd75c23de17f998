/** What a terminal would obey instead of showing it. Line breaks and tabs are harmless. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A text of a node or a program, which may be anybody's, for a terminal. */
export const printable = (text: string): string => text.replace(CONTROL, '\ufffd');
