import { startKeymesh } from './keymesh.ts';
import { until } from './processes.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: of the Chrome DevTools Protocol; each use looks at its own fields
  readonly params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly result?: any;
}

/** As much of the Chrome DevTools Protocol as a debugger needs. */
class DebuggerClient {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: Message['result']) => void>();
  #last = 0;
  #paused: (params: Message['params']) => void = () => {};

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => {
      const { id, method, params, result } = JSON.parse(String(data)) as Message;
      if (id !== undefined) this.#answers.get(id)?.(result);
      if (method === 'Debugger.paused') this.#paused(params);
    };
  }

  async open(): Promise<void> {
    await new Promise((resolve) => {
      this.#socket.onopen = resolve;
    });
  }

  ask(method: string, params: object = {}): Promise<Message['result']> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Lets the program go on, and waits until it stops again. @returns where. */
  async untilPaused(goOn: string): Promise<Message['params']> {
    const paused = new Promise<Message['params']>((resolve) => {
      this.#paused = resolve;
    });
    await this.ask(goOn);
    return paused;
  }

  close(): void {
    this.#socket.close();
  }
}

/**
 * Replays a recording in a debugger that stops at a line of the program, and goes on to the end.
 * @param at `line` counts from 0; the expression is evaluated when the program stops there.
 * @returns the value of the expression.
 */
export async function debugReplay(
  recording: string,
  port: number,
  at: { readonly line: number; readonly expression: string },
): Promise<unknown> {
  const child = startKeymesh(['action', 'replay', recording, '--inspect', String(port)]);
  let said = '';
  let result = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    result += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await until('the command waits for a debugger', () => /ws:\/\/\S+/.test(said), 20_000);
  const client = new DebuggerClient(/ws:\/\/\S+/.exec(said)?.[0] ?? '');
  await client.open();
  await client.ask('Runtime.enable');
  await client.ask('Debugger.enable');
  const { line: lineNumber, expression } = at;
  await client.ask('Debugger.setBreakpointByUrl', { url: 'action:user_provided_script', lineNumber });
  await client.untilPaused('Runtime.runIfWaitingForDebugger');
  const { callFrames } = await client.untilPaused('Debugger.resume');
  const [{ callFrameId }] = callFrames;
  const evaluated = await client.ask('Debugger.evaluateOnCallFrame', { callFrameId, expression });
  await client.ask('Debugger.resume');
  client.close();
  await ended;
  if (!result.includes('bit for bit')) throw new Error(`the replay did not end well: ${said}${result}`);
  return evaluated.result.value;
}
