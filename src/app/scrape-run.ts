import { ConnectError, UsageError } from '../model/errors.ts'
import { readScrape, type Scrape } from '../reports/watch/scrape.ts'

const ANSWER_LIMIT_MILLIS = 2000
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
const OK = 200
const STARTING = 503

/** What came of asking: numbers, a run that has none yet, or no answer, with the reason. */
export type ScrapeAnswer =
  | { readonly scrape: Scrape }
  | { readonly isStarting: true }
  | { readonly failure: string }

/** Where a run shows its metrics, from what somebody typed: a URL, `host:port` or a port of this machine. */
export function metricsUrl(typed: string): URL {
  const text = /^:?\d+$/.test(typed) ? `127.0.0.1:${typed.replace(':', '')}` : typed
  const url = parseUrl(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '')
    throw mistake('is no address of a run', 'give http://HOST:PORT/metrics, HOST:PORT or a port')
  if (url.username !== '' || url.password !== '')
    throw mistake('a user or a password in the URL is not sent', 'leave it out')
  if (url.pathname === '/') url.pathname = '/metrics'
  return url
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** Asks once. Never rejects but for what will not get better: it answers, and is no run of this tool. */
export async function scrapeRun(url: URL): Promise<ScrapeAnswer> {
  const answer = await ask(url)
  if ('failure' in answer) return answer
  const { status, text } = answer
  if (status === STARTING) return { isStarting: true }
  if (status !== OK)
    throw mistake(`${url.href} answers with status ${status}`, 'the metrics of a run are below /metrics')
  const scrape = readScrape(text, Date.now())
  if (scrape === 'several runs')
    throw mistake(`${url.href} shows several runs`, 'watch one of them, at its own /metrics')
  if (scrape === 'no run')
    throw mistake(`${url.href} shows no run of redis-test`, 'redis_test_run_info is missing there')
  return { scrape }
}

/** The first time, a run has to be there. */
export function notReached(url: URL, failure: string): ConnectError {
  return new ConnectError(
    `cannot reach ${url.href}: ${failure}`,
    'is the run going on, and does it show its metrics there (--metrics-host, --metrics-port)?',
  )
}

async function ask(url: URL): Promise<{ status: number; text: string } | { failure: string }> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'text/plain' },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MILLIS),
    })
    if (Number(response.headers.get('content-length') ?? 0) > LARGEST_ANSWER_BYTES)
      return { failure: 'the answer is too long' }
    return { status: response.status, text: await response.text() }
  } catch (error) {
    return { failure: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no answer in time'
  const { cause } = error as { cause?: { code?: unknown } }
  if (typeof cause?.code === 'string') return cause.code
  return error instanceof Error ? error.message : String(error)
}

function mistake(message: string, hint: string): UsageError {
  return new UsageError([{ path: 'URL', message, hint }])
}
