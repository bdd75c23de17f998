import type { KeymeshError } from '@keymesh/foundation';
import type { GuestListener } from '../sandbox/sandbox.ts';
import type { ProgramObserver, RecordedEvent } from './recording.ts';

/** Tells an observer what a program does, before it is dealt with. */
export function observed(listener: GuestListener, observer: ProgramObserver): GuestListener {
  return {
    onCall: (id, op, args) => {
      observer.on({ kind: 'call', id, op: String(op), args });
      listener.onCall(id, op, args);
    },
    onLog: (text) => {
      observer.on({ kind: 'log', text });
      listener.onLog(text);
    },
    onResponse: (text) => {
      observer.on({ kind: 'response', text });
      listener.onResponse(text);
    },
    onTracing: (said) => observer.on(said),
    onEnd: (end) => {
      if (end.kind === 'done') observer.on({ kind: 'done' });
      if (end.kind === 'threw') observer.on(threwEvent(end));
      listener.onEnd(end);
    },
  };
}

/** That a program threw, as an event. */
export function threwEvent({ text, code }: { readonly text: string; readonly code: string | undefined }) {
  return { kind: 'threw', text, ...(code === undefined ? {} : { code }) } as const;
}

/** That a run ended from outside its program: by a limit, or because its process is gone. */
export function endedEvent({ code, message }: KeymeshError): RecordedEvent {
  return { kind: 'ended', code, message };
}
