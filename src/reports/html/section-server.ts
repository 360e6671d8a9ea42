import type { RunResult } from '../../model/result.ts'
import { formatBytes, formatCount } from '../format.ts'
import { figuresAt } from './figures.ts'
import { html, type Content, type Markup } from './markup.ts'
import type { SectionContext } from './sections.ts'
import { facts } from './table.ts'

/** Who the server was, and what it says of the run itself. */
export function serverSection(result: RunResult, context: SectionContext): Markup | undefined {
  const pairs = [...serverFacts(result)]
  const figures = figuresAt('server', context)
  if (pairs.length === 0 && figures === undefined) return undefined
  return html`${facts(pairs)}${figures}`
}

function* serverFacts({ server, server_changes: changes }: RunResult): Generator<readonly [string, Content]> {
  const { name, version, mode, ...rest } = server
  const who = [name, version, mode].filter((part) => (part ?? '') !== '').join(' ')
  if (who !== '') yield ['Server', who]
  for (const [key, value] of Object.entries(rest)) if (value !== '') yield [key.replaceAll('_', ' '), value]
  if (changes === null) return
  const { keyspace_hits: hits, keyspace_misses: misses } = changes
  if (hits + misses > 0)
    yield [
      'Keys found',
      `${formatCount(hits)} of ${formatCount(hits + misses)} (${((100 * hits) / (hits + misses)).toFixed(2)} %)`,
    ]
  yield ['Keys expired', formatCount(changes.expired_keys)]
  yield ['Keys evicted', formatCount(changes.evicted_keys)]
  yield ['Received', formatBytes(changes.total_net_input_bytes)]
  yield ['Sent', formatBytes(changes.total_net_output_bytes)]
}
