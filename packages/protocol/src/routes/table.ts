import type * as v from 'valibot';
import { decrypt } from './decrypt.ts';
import { execute } from './execute.ts';
import { handshake } from './handshake.ts';
import { health } from './health.ts';
import { ready } from './ready.ts';
import type { Route } from './route.ts';
import { sign } from './sign.ts';

/** Every route of a node but `GET /metrics`, whose body is text. */
export const ROUTES = { health, ready, handshake, sign, decrypt, execute } as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
export type RequestOf<Name extends RouteName> = v.InferOutput<(typeof ROUTES)[Name]['request']>;
export type ResponseOf<Name extends RouteName> = v.InferOutput<(typeof ROUTES)[Name]['response']>;
/** Of a route that tells nothing before its response: never. */
export type ProgressOf<Name extends RouteName> = (typeof ROUTES)[Name] extends { readonly progress: infer Progress }
  ? Progress extends v.GenericSchema
    ? v.InferOutput<Progress>
    : never
  : never;
