import type { RequestOf, ResponseOf, RouteName } from '@keymesh/protocol/routes';
import type { Logger } from '../observability/logger.ts';

/** What a handler knows besides the request. */
export interface RequestContext {
  /** In the logs, in the answer's headers and in error bodies. */
  readonly requestId: string;
  readonly logger: Logger;
  /** Of the HTTP request, outside its seal. Few handlers look. */
  readonly headers: () => readonly (readonly [name: string, value: string])[];
  /** Tells the client something before the answer, in the form that the route has for it. Only to one that asked. */
  readonly progress: (value: unknown) => void;
}

/** One function per route of `@keymesh/protocol/routes`; it gets the parsed request and returns the response. */
export type Handlers = {
  readonly [Name in RouteName]: (request: RequestOf<Name>, context: RequestContext) => Promise<ResponseOf<Name>>;
};
