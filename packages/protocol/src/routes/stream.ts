/** Of an answer that is told line by line. One that has only its end to tell is an answer as any other. */
export const STREAM_CONTENT_TYPE = 'application/x-ndjson';

/** What is inside the seal of one line. */
export interface StreamLine {
  /** Counts the lines from zero: who is on the way can neither drop nor exchange any. */
  readonly at: number;
  /** The last line is the route's response, or the body of an error. */
  readonly kind: 'progress' | 'answer' | 'error';
  /** JSON of the route's schema for it. */
  readonly content: string;
}

const LINE = /^(0|[1-9]\d{0,9}) (progress|answer|error) /;

/** `<at> <kind> <content>`: a response nests no deeper than in an answer of one piece. */
export function encodeStreamLine({ at, kind, content }: StreamLine): string {
  return `${at} ${kind} ${content}`;
}

/** @returns undefined for what is no line. */
export function decodeStreamLine(text: string): StreamLine | undefined {
  const [head = '', at = '', kind] = LINE.exec(text) ?? [];
  if (kind === undefined) return undefined;
  return { at: Number(at), kind: kind as StreamLine['kind'], content: text.slice(head.length) };
}
