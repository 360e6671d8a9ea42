import { BLANK, type Line, span } from './spans.ts'

const ADJUSTING: readonly (readonly [string, string])[] = [
  ['space', 'pause the arrivals, and go on: what was not due is not made up for'],
  ['+  -', 'more or fewer of them, in steps of 10 % of what the plan asks for'],
  ['n', 'go on to the next phase of the load; the end of the run comes nearer'],
]
const ENDING: readonly (readonly [string, string])[] = [
  ['q', 'end the run in order, with its report, like Ctrl-C'],
  ['Ctrl-C', 'twice: leave at once'],
  ['Ctrl-Z', 'stop everything, until fg'],
]
const WATCHING: readonly (readonly [string, string])[] = [
  ['q', 'leave; the run goes on'],
  ['~', 'quantiles are read from the buckets of /metrics'],
]

/** What keys do, in exactly so many lines. */
export function helpLines(keys: 'run' | 'watch' | 'none', rows: number): Line[] {
  const entries = keys === 'watch' ? WATCHING : [...ADJUSTING, ...ENDING]
  const about: Line[] =
    keys === 'watch'
      ? []
      : [
          BLANK,
          [span('Whatever is adjusted holds half a second later, in all load threads at the same', 'dim')],
          [span('instant, and stands in the journal, in the result and in its summary.', 'dim')],
        ]
  const lines: Line[] = [
    ...entries.map(([key, text]): Line => [span(key.padEnd(12), 'strong'), span(text)]),
    ...about,
  ]
  return [...lines, ...Array.from({ length: Math.max(0, rows) }, () => BLANK)].slice(0, Math.max(0, rows))
}
