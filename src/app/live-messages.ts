import type { LiveState } from '../reports/live-view/live-state.ts'
import { plainText } from '../reports/live-view/text-width.ts'

/** Looked at for what is worth showing. */
const LINES_READ = 60
const SHOWN = 6
const IN_WORDS = /\b(WARN|ERROR|FATAL)\b/
const IN_JSON = /"level":"(warn|error|fatal)"/
/** What a command says by itself. */
const OWN = /^redis-test: /

/** The last warnings and errors among lines of standard error, however the log is written. */
export function messagesIn(lines: readonly string[]): LiveState['messages'] {
  return lines
    .slice(-LINES_READ)
    .map((line) => plainText(line).trim())
    .flatMap((text): LiveState['messages'][number][] => {
      const level = (IN_JSON.exec(text) ?? IN_WORDS.exec(text))?.[1]?.toLowerCase()
      if (level === undefined) return OWN.test(text) ? [{ text, level: 'info' }] : []
      return [{ text: readable(text), level: level === 'warn' ? 'warning' : 'error' }]
    })
    .slice(-SHOWN)
}

/** Of a line of JSON, what people read. */
function readable(text: string): string {
  if (!text.startsWith('{')) return text
  try {
    const { msg, reason } = JSON.parse(text) as { readonly msg?: unknown; readonly reason?: unknown }
    return [msg, reason].filter((part) => typeof part === 'string').join(': ')
  } catch {
    return text
  }
}
