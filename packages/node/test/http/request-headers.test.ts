import { expect, it } from 'vitest';
import { requestHeaders } from '../../src/http/request-headers.ts';

it('programs see the headers of a request, and none that carries credentials', () => {
  const headers = { 'user-agent': 'an app', 'x-many': ['a', 'b'], 'x-none': undefined };
  const secret = { authorization: 'Bearer 1', cookie: 'a=1', 'proxy-authorization': 'Basic 1' };
  expect(requestHeaders({ ...headers, ...secret })).toEqual([
    ['user-agent', 'an app'],
    ['x-many', 'a, b'],
  ]);
});
