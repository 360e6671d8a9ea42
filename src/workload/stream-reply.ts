/** An entry as a consumer got it. */
export interface StreamEntry {
  readonly id: string
  /** The value of its field `message`; `null` when it has none, or was trimmed away before it was read again. */
  readonly message: Buffer | null
}

export interface StreamEntries {
  readonly key: string
  readonly entries: readonly StreamEntry[]
}

/**
 * Reads the reply of XREAD or XREADGROUP: under RESP2 a list of pairs `[key, entries]`, under RESP3 a map, which
 * arrives as `key, entries, key, entries …`; nil when nothing came in time.
 */
export function readStreamReply(reply: unknown): StreamEntries[] {
  if (!Array.isArray(reply)) return []
  const items = reply as unknown[]
  const flat = Array.isArray(items[0]) ? items.flat(1) : items
  const streams: StreamEntries[] = []
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const entries = (flat[at + 1] as [unknown, unknown][]).map(([id, fields]) => ({
      id: String(id),
      message: messageIn(fields),
    }))
    streams.push({ key: String(flat[at]), entries })
  }
  return streams
}

function messageIn(fields: unknown): Buffer | null {
  if (!Array.isArray(fields)) return null
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const value: unknown = fields[at + 1]
    if (String(fields[at]) === 'message' && Buffer.isBuffer(value)) return value
  }
  return null
}
