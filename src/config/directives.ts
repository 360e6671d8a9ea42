import { checked, type ValueKind } from './value-kinds.ts'

/** What may be said to an embedded server: nothing that loads code, opens ports or writes outside of its own folder. */
const DIRECTIVES =
  /^(?:maxmemory|maxmemory-policy|maxmemory-samples|maxclients|timeout|tcp-keepalive|hz|databases|active-expire-effort|activedefrag|lazyfree-lazy-[a-z-]+|io-threads|appendonly|appendfsync|client-output-buffer-limit|notify-keyspace-events|latency-monitor-threshold|slowlog-[a-z-]+|(?:hash|list|set|zset|stream|hll)-[a-z-]+) [\w. -]+$/

export function directives(): ValueKind {
  const expected =
    'directives such as "maxmemory 64mb, maxmemory-policy allkeys-lru"; none that reach outside the server'
  return checked('<directives>', expected, { type: 'string' }, (input) => {
    const list = String(input)
      .split(',')
      .map((directive) => directive.trim().replaceAll(/\s+/g, ' '))
    return String(input).trim() === '' || list.every((directive) => DIRECTIVES.test(directive))
      ? list.join(', ')
      : undefined
  })
}
