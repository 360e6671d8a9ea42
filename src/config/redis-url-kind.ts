import { parseSentinelUrl } from './sentinel-url.ts'
import { checked, type ValueKind } from './value-kinds.ts'

/** An address that can be taken apart. What is wrong with one is not shown: it may hold a password. */
export function redisUrl(): ValueKind {
  const expected =
    'a URL such as redis://user:password@host:6379/0, rediss://…, redis+sentinel://host:26379,host:26379/mymaster or unix:///path, with % written as %25'
  return checked('<url>', expected, { type: 'string' }, (input) =>
    isAddress(String(input)) ? String(input) : undefined,
  )
}

function isAddress(text: string): boolean {
  if (parseSentinelUrl(text) !== undefined) return true
  if (!/^(rediss?|unix):\/\//.test(text) || !URL.canParse(text)) return false
  const url = new URL(text)
  try {
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part)
  } catch {
    return false
  }
  return url.protocol === 'unix:' || /^\/?$|^\/\d+$/.test(url.pathname)
}
