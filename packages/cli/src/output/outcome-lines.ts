import { printable } from './printable.ts';

function linesOf(logs: string): string[] {
  return printable(logs.trimEnd()).split('\n');
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
  return `response  ${printable(response)}`;
}

/** What a program logged and answered. */
export function outcomeLines(who: string, logs: string, response: string): string[] {
  return [...logLines(who, logs), ...(response === '' ? [] : [responseLine(response)])];
}
