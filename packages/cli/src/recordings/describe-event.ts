import type { RecordedEvent } from '@keymesh/actions';
import { SHOWN_CHARS_MAX } from '../limits.ts';

/** An event of a recording in one line, for a person. */
export function describeEvent(event: RecordedEvent | undefined): string {
  if (event === undefined) return 'nothing more';
  switch (event.kind) {
    case 'call':
      return `calls ${event.op} with ${shown(event.args)} (#${event.id})`;
    case 'took':
      return `takes the answer of #${event.id}: ${event.error === undefined ? shown(event.value) : `error ${event.error.code}: ${shown(event.error.message)}`}`;
    case 'fired':
      return `timer ${event.id} goes off`;
    case 'drew':
      return `draws ${event.what}: ${shown(event.value)}`;
    case 'log':
      return `logs ${shown(event.text)}`;
    case 'response':
      return `sets the response ${shown(event.text)}`;
    case 'done':
      return 'ends well';
    case 'threw':
      return `throws ${shown(event.text)}`;
    case 'ended':
      return `is ended: ${event.message}`;
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}… (${text.length} characters)`;
}
