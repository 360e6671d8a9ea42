import { parseAddress } from '../model/address.ts'

const SENTINEL_PORT = 26_379
const FORM = /^(rediss?)\+sentinel:\/\/(?:([^@/]*)@)?([^@/]+)\/([\w.:-]{1,64})(?:\/(\d+))?$/

/** Settings that a URL of the form `redis+sentinel://user:password@host:port,host:port/name/db` stands for, by their keys. */
export function parseSentinelUrl(text: string): readonly (readonly [string, unknown])[] | undefined {
  const match = FORM.exec(text)
  if (match === null) return undefined
  const [, scheme, who = '', where = '', name, db] = match
  const nodes = where.split(',').map((node) => parseAddress(node, SENTINEL_PORT)?.text)
  if (nodes.includes(undefined)) return undefined
  const [username, password] = splitOnce(who).map((part) => decoded(part))
  if (username === undefined || password === undefined) return undefined
  return [
    ['target.topology', 'sentinel'],
    ['target.sentinel.nodes', nodes],
    ['target.sentinel.name', name],
    ...(db === undefined ? [] : ([['target.db', Number(db)]] as const)),
    ...(username === '' ? [] : ([['target.username', username]] as const)),
    ...(password === '' ? [] : ([['target.password', password]] as const)),
    ...(scheme === 'rediss'
      ? ([
          ['target.tls.enabled', true],
          ['target.sentinel.tls', true],
        ] as const)
      : []),
  ]
}

function splitOnce(who: string): [string, string] {
  const colon = who.indexOf(':')
  return colon < 0 ? [who, ''] : [who.slice(0, colon), who.slice(colon + 1)]
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
