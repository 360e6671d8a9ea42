/** Where a server is reached. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** An address and its one way of being written: `host:port`, a host with colons in brackets. */
export interface WrittenAddress extends Address {
  readonly text: string
}

const WRITTEN = /^(?:\[([\da-fA-F:.]+)\]|([^\s:,=[\]@/]+))(?::(\d{1,5}))?$/

/** `undefined` for what is no address; without a default port, one has to be written. */
export function parseAddress(text: string, defaultPort?: number): WrittenAddress | undefined {
  const match = WRITTEN.exec(text)
  if (match === null) return undefined
  const host = match[1] ?? match[2]!
  const port = match[3] === undefined ? defaultPort : Number(match[3])
  if (port === undefined || port < 1 || port > 65_535) return undefined
  return { host, port, text: writeAddress({ host, port }) }
}

/** `host:port`; a host with colons in brackets. */
export function writeAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
