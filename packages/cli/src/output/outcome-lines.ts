/** What a program logged, each line beside a bar, with who logged it before the first. Nothing for no logs. */
export function logLines(who: string, logs: string, width = who.length): string[] {
  if (logs === '') return [];
  return logs
    .trimEnd()
    .split('\n')
    .map((line, at) => `${(at === 0 ? who : '').padEnd(width)} │ ${line}`);
}

/** What somebody logged just now, while others may log too: each line says who. */
export function liveLines(who: string, logs: string): string {
  return logs
    .trimEnd()
    .split('\n')
    .map((line) => `${who} │ ${line}`)
    .join('\n');
}

export function responseLine(response: string): string {
  return `response  ${response}`;
}

/** What a program logged and answered. */
export function outcomeLines(who: string, logs: string, response: string): string[] {
  return [...logLines(who, logs), ...(response === '' ? [] : [responseLine(response)])];
}
