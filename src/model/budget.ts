import type { ComparedMetric } from './comparison.ts'

/** `p99(GET) > +10%`, taken apart: what must not be true of a candidate. */
export interface Budget {
  /** The one way to write it. */
  readonly expression: string
  readonly metric: ComparedMetric
  /** Upper-case, however it is called; `null`: all operations together. */
  readonly operation: string | null
  /** Which side of the limit is too much. */
  readonly comparison: '>' | '<'
  /** With its sign: a share of the baseline; or milliseconds, operations a second, or a difference of shares. */
  readonly limit: number
  readonly isRelative: boolean
}

export type ParsedBudget = { readonly budget: Budget } | { readonly error: string }

const METRICS: Readonly<Record<string, ComparedMetric>> = {
  mean: 'mean',
  throughput: 'throughput',
  ops_per_second: 'throughput',
  errors: 'errors',
  error_rate: 'errors',
}
const QUANTILE = /^p\d{1,2}(?:\.\d{1,6})?$/
const FORM =
  /^(?<name>[a-z_]+[\d.]*)\s*(?:\((?<inside>.+?)\)(?=\s*[<>])|\s+of\s+(?<after>\S+))?\s*(?<comparison>>|<)=?\s*(?<sign>[+-]?)\s*(?<number>\d+(?:\.\d+)?)\s*(?<unit>\S*)$/i
const EXPECTED = 'expected a metric, > or <, and a difference, as in "p99 > +10%" or "p50(GET) > +0.2ms"'
const MILLIS: Readonly<Record<string, number>> = { us: 0.001, µs: 0.001, ms: 1, s: 1000 }

/** Reads `metric [of operation] > difference`. Never throws. */
export function parseBudget(text: string): ParsedBudget {
  const parts = takeApart(text)
  if (parts === undefined) return { error: EXPECTED }
  const { name, operation, comparison, sign, number, unit } = parts
  const metric = metricOf(name.toLowerCase())
  if (metric === undefined) return { error: unknownMetric(name) }
  if (operation !== null && ['throughput', 'errors'].includes(metric))
    return { error: `${metric} is compared for all operations together` }
  const limit = limitOf(metric, Number(number), unit)
  if (limit === undefined) return { error: `${metric} cannot differ by ${number}${unit}: ${unitsOf(metric)}` }
  if (sign === '' && `${comparison}${unit}` !== '>%')
    return { error: `expected a difference with its sign, such as +${number}${unit} or -${number}${unit}` }
  const what = operation === null ? metric : `${metric}(${operation})`
  const { value, isRelative } = limit
  return {
    budget: {
      expression: `${what} ${comparison} ${sign || '+'}${number}${unit}`,
      metric,
      operation,
      comparison,
      limit: sign === '-' ? -value : value,
      isRelative,
    },
  }
}

interface Parts extends Pick<Budget, 'operation' | 'comparison'> {
  readonly name: string
  readonly sign: string
  readonly number: string
  readonly unit: string
}

function takeApart(text: string): Parts | undefined {
  const groups = FORM.exec(text.trim())?.groups
  if (groups === undefined) return undefined
  const operation = (groups['inside'] ?? groups['after'])?.trim().toUpperCase() ?? null
  return { ...(groups as unknown as Parts), operation, unit: groups['unit']!.toLowerCase() }
}

function unknownMetric(name: string): string {
  if (name.toLowerCase() === 'max')
    return 'max is a single command, of which nothing is claimed: take a quantile such as p99.9'
  return `there is no metric ${JSON.stringify(name)}: known are quantiles such as p50 and p99.9, mean, throughput, errors`
}

function metricOf(name: string): ComparedMetric | undefined {
  if (QUANTILE.test(name)) return `p${Number(name.slice(1))}`
  return METRICS[name]
}

function limitOf(
  metric: ComparedMetric,
  number: number,
  unit: string,
): { readonly value: number; readonly isRelative: boolean } | undefined {
  if (metric === 'errors')
    return ['%', 'pp'].includes(unit) ? { value: number / 100, isRelative: false } : undefined
  if (unit === '%') return { value: number / 100, isRelative: true }
  if (metric === 'throughput')
    return ['/s', 'ops/s'].includes(unit) ? { value: number, isRelative: false } : undefined
  const millis = MILLIS[unit]
  return millis === undefined ? undefined : { value: number * millis, isRelative: false }
}

function unitsOf(metric: ComparedMetric): string {
  if (metric === 'errors') return 'give percentage points, as in +0.1%'
  return metric === 'throughput' ? 'give % or /s, as in -5%' : 'give %, ms, us or s, as in +10% or +0.2ms'
}
