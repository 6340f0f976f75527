import type { Socket } from 'node:net';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` (an IPv6 address in brackets); undefined when it is something else. */
export function readAddress(text: string): HostAndPort | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || !(port >= 1 && port <= 65_535) ? undefined : { host, port };
}

/** Writes an address as `host:port`. */
export function addressText(host: string | undefined, port: number | undefined): string {
  if (host === undefined || port === undefined) return 'an unknown address';
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}

/** Where a connection comes from. */
export function addressOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return addressText(socket.remoteAddress, socket.remotePort);
}
