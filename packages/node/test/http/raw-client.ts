import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';

/** A TCP client that sends what no HTTP library would. */
export class RawClient {
  readonly socket: Socket;
  /** Everything that was received. */
  text = '';
  readonly closed: Promise<void>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  send(...lines: readonly string[]): void {
    this.socket.write(lines.join('\r\n'));
  }

  async until(pattern: RegExp): Promise<void> {
    await expect.poll(() => this.text, { timeout: 5_000 }).toMatch(pattern);
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.text)?.[1]);
  }

  /** Of the error in the body of the last answer. */
  get code(): string {
    const body = this.text.slice(this.text.lastIndexOf('\r\n\r\n') + 4);
    return (JSON.parse(body) as { error: { code: string } }).error.code;
  }
}
