import { KeymeshError } from '@keymesh/foundation';
import type { RequestOf, ResponseOf } from '@keymesh/protocol/routes';
import type { Handlers, RequestContext } from '../../src/http/handlers.ts';

type Sign = (request: RequestOf<'sign'>, context: RequestContext) => Promise<ResponseOf<'sign'>>;

export const ANSWER: ResponseOf<'sign'> = { party: 1, share: '5a'.repeat(32), publicKey: 'b0'.repeat(32) };

/** Handlers without a node behind them. Tests replace `onSign` to fail or to wait. */
export class EchoHandlers implements Handlers {
  signs = 0;
  onSign: Sign = async () => ANSWER;
  onHandshake: Handlers['handshake'] = async () => {
    throw refusal('node/not-ready', 'environment');
  };

  health: Handlers['health'] = async () => ({ status: 'ok', version: '0', bootId: 'b0'.repeat(16) });
  ready: Handlers['ready'] = async () => {
    throw refusal('node/not-ready', 'environment');
  };
  handshake: Handlers['handshake'] = (request, context) => this.onHandshake(request, context);
  sign: Handlers['sign'] = (request, context) => {
    this.signs += 1;
    return this.onSign(request, context);
  };
  execute: Handlers['execute'] = async () => {
    throw refusal('actions/not-served', 'environment');
  };
  decrypt: Handlers['decrypt'] = async () => {
    throw refusal('conditions/denied', 'caller');
  };
}

export function refusal(code: string, fault: 'caller' | 'environment' | 'bug', message = `Refused: ${code}.`) {
  return new KeymeshError(message, { code, fault });
}
