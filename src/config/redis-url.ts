import { parseSentinelUrl } from './sentinel-url.ts'
import { giveWay, type Resolved } from './sources.ts'

/**
 * Spreads `target.url` over the single settings. A part of the URL has the rank of the URL; a single setting of the
 * same or a higher rank wins.
 */
export function applyUrl(resolved: Resolved): void {
  const url = resolved.get('target.url')
  if (url === undefined || typeof url.value !== 'string') return
  for (const [key, value] of parseSentinelUrl(url.value) ?? partsOf(new URL(url.value)))
    giveWay(resolved, key, { value, rank: url.rank, origin: url.origin })
}

function partsOf(url: URL): [string, unknown][] {
  const parts: [string, unknown][] = []
  if (url.protocol === 'unix:') parts.push(['target.socket', decodeURIComponent(url.pathname)])
  else {
    if (url.hostname !== '') parts.push(['target.host', url.hostname.replace(/^\[|\]$/g, '')])
    if (url.port !== '') parts.push(['target.port', Number(url.port)])
    if (/^\/\d+$/.test(url.pathname)) parts.push(['target.db', Number(url.pathname.slice(1))])
  }
  if (url.protocol === 'rediss:') parts.push(['target.tls.enabled', true])
  if (url.username !== '') parts.push(['target.username', decodeURIComponent(url.username)])
  if (url.password !== '') parts.push(['target.password', decodeURIComponent(url.password)])
  return parts
}

/** Whether a URL holds a password, as far as one can tell without reading it whole. */
export function hasPassword(url: string): boolean {
  return /:\/\/[^/]*:[^/]*@/.test(url)
}
