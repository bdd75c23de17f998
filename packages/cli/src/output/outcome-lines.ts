/** What a terminal would obey instead of showing it: a node or a program may have written it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

function linesOf(logs: string): string[] {
  return logs.trimEnd().replace(CONTROL, '\ufffd').split('\n');
}

/** What a program logged, each line beside a bar, with who logged it before the first. Nothing for no logs. */
export function logLines(who: string, logs: string, width = who.length): string[] {
  if (logs === '') return [];
  return linesOf(logs).map((line, at) => `${(at === 0 ? who : '').padEnd(width)} │ ${line}`);
}

/** What somebody logged just now, while others may log too: each line says who. */
export function liveLines(who: string, logs: string): string {
  return linesOf(logs)
    .map((line) => `${who} │ ${line}`)
    .join('\n');
}

export function responseLine(response: string): string {
  return `response  ${response.replace(CONTROL, '\ufffd')}`;
}

/** What a program logged and answered. */
export function outcomeLines(who: string, logs: string, response: string): string[] {
  return [...logLines(who, logs), ...(response === '' ? [] : [responseLine(response)])];
}
