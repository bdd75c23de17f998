import { CliError } from '../errors.ts';
import { DEBUGGER_ANSWER_TIMEOUT_MS, INSPECT_PORT_DEFAULT, POLL_INTERVAL_MS } from '../limits.ts';
import type { Reporter } from '../output/reporter.ts';

/** Tells a person how to connect a debugger. @throws CliError `cli/debugger` */
export async function tellDebugger(port: number, report: Reporter): Promise<void> {
  const address = await debuggerAddress(port);
  report.note(`Waiting for a debugger at ${address}`);
  report.note('  in Chrome: chrome://inspect, or');
  report.note(`  devtools://devtools/bundled/js_app.html?ws=${address.replace('ws://', '')}&experiments=true`);
  report.note('It stops one step before the program, which is called action:user_provided_script.');
  report.note('The command ends when the debugger disconnects.');
}

/** Where a debugger connects to a runtime that waits for one (Chrome DevTools Protocol). */
async function debuggerAddress(port: number): Promise<string> {
  for (const until = Date.now() + DEBUGGER_ANSWER_TIMEOUT_MS; Date.now() < until; ) {
    const address = await fetch(`http://127.0.0.1:${port}/json/list`)
      .then((response) => response.json() as Promise<readonly { readonly webSocketDebuggerUrl?: string }[]>)
      .then(([target]) => target?.webSocketDebuggerUrl)
      .catch(() => undefined);
    if (address !== undefined) return address;
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
  throw new CliError(`No debugger can connect at port ${port}.`, {
    code: 'cli/debugger',
    fault: 'environment',
    hint: 'Another program may use the port; give another one with --inspect <port>.',
  });
}

/** The port of `--inspect [port]`; undefined without it. @throws CliError `cli/usage` */
export function inspectPort(inspect: boolean | string | undefined): number | undefined {
  if (inspect === undefined || inspect === false) return undefined;
  const port = inspect === true ? INSPECT_PORT_DEFAULT : Number(inspect);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new CliError(`${inspect} is no port.`, {
    code: 'cli/usage',
    fault: 'caller',
    hint: 'Give --inspect a number from 1 to 65535, or nothing.',
  });
}
