const ADDRESS = /^(?:(https?):\/\/)?([^/:?#@\s]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;

/**
 * `host:port` of a node's URL as the reference compares it: scheme and letter case dropped, `localhost` as 127.0.0.1,
 * the scheme's own port filled in. `undefined` for anything with a path, a user or no port to be known.
 */
export function hostAndPort(address: string): string | undefined {
  const match = ADDRESS.exec(address);
  if (match === null) return undefined;
  const scheme = match[1]?.toLowerCase();
  const port = match[3] ?? (scheme === 'https' ? '443' : scheme === 'http' ? '80' : undefined);
  if (port === undefined || Number(port) > 65_535) return undefined;
  const host = (match[2] as string).toLowerCase();
  return `${host === 'localhost' ? '127.0.0.1' : host}:${Number(port)}`;
}
