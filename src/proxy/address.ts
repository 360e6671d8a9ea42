/** Where something listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** `host:port`, `:port` or `[::1]:port`; undefined when it is none of them. The host of `:port` is empty. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text.trim())
  if (match === null) return undefined
  const port = Number(match[3])
  return port > 65_535 ? undefined : { host: match[1] ?? match[2] ?? '', port }
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** One spelling for each address, so that they can be compared. */
export function addressKey({ host, port }: Address): string {
  const name = host.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  return `${name === 'localhost' || name === '::1' ? '127.0.0.1' : name}:${port}`
}
