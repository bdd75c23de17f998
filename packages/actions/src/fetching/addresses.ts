import ipaddr from 'ipaddr.js';

/** Today's public IPv6 addresses (IANA "Global Unicast"). */
const PUBLIC_V6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/**
 * Whether an address is of the public internet. Everything else is refused: what is not public belongs to the machine,
 * to its neighbours or to the cloud that it runs in, or is a second spelling of such an address.
 * @param text an address as `net.isIP` accepts it.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().range() === 'unicast';
  return address.match(PUBLIC_V6) && address.range() === 'unicast';
}
