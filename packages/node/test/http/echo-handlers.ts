import { KeymeshError } from '@keymesh/foundation';
import type { RequestOf, ResponseOf } from '@keymesh/protocol/routes';
import type { Handlers, RequestContext } from '../../src/http/handlers.ts';

type Commit = (request: RequestOf<'signCommit'>, context: RequestContext) => Promise<ResponseOf<'signCommit'>>;

/** Handlers without a node behind them. Tests replace `onCommit` to fail or to wait. */
export class EchoHandlers implements Handlers {
  commits = 0;
  onCommit: Commit = async () => ({ commitments: [], bootId: 'b0'.repeat(16) });
  onHandshake: Handlers['handshake'] = async () => {
    throw refusal('node/not-ready', 'environment');
  };

  health: Handlers['health'] = async () => ({ status: 'ok', version: '0', bootId: 'b0'.repeat(16) });
  ready: Handlers['ready'] = async () => {
    throw refusal('node/not-ready', 'environment');
  };
  handshake: Handlers['handshake'] = (request, context) => this.onHandshake(request, context);
  signCommit: Handlers['signCommit'] = (request, context) => {
    this.commits += 1;
    return this.onCommit(request, context);
  };
  signShare: Handlers['signShare'] = async () => {
    throw refusal('nonce/unknown', 'caller');
  };
  decrypt: Handlers['decrypt'] = async () => {
    throw refusal('conditions/denied', 'caller');
  };
}

export function refusal(code: string, fault: 'caller' | 'environment' | 'bug', message = `Refused: ${code}.`) {
  return new KeymeshError(message, { code, fault });
}
