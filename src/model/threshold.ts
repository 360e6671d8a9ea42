import { isThresholdMetric, THRESHOLD_METRICS, thresholdMetric } from './threshold-metrics.ts'
import type { ThresholdKind } from './threshold-metric.ts'
import type { ThresholdMetricName } from './threshold-metrics.ts'

export const COMPARISONS = ['<=', '>=', '==', '!=', '<', '>'] as const
export type Comparison = (typeof COMPARISONS)[number]

export const TIME_UNITS = ['ms', 'us', 's'] as const
export type ThresholdUnit = (typeof TIME_UNITS)[number] | '%' | ''

/** `p99(GET) < 2ms in steady`, taken apart. */
export interface Threshold {
  readonly metric: ThresholdMetricName
  /** `mean`, `min`, `max`, or `p` and a percentage; `null` where the metric is a number. */
  readonly statistic: string | null
  /** Upper-case; `null`: all of them. */
  readonly operation: string | null
  readonly comparison: Comparison
  /** As written, in {@link unit}. */
  readonly value: number
  readonly unit: ThresholdUnit
  /** Name of a stage; `null`: the whole measured time. */
  readonly phase: string | null
}

export interface ThresholdError {
  /** Character at which it went wrong, from 1. */
  readonly position: number
  readonly message: string
  /** A word that is not known, and those that are, for a suggestion. */
  readonly unknown?: { readonly word: string; readonly known: readonly string[] }
}

export type ParsedThreshold = { readonly threshold: Threshold } | { readonly error: ThresholdError }

const STATISTIC = /^(?:mean|min|max|p(?:100|\d{1,2}(?:\.\d{1,6})?))$/
const STATISTICS_HELP = 'mean, min, max, or a quantile such as p50, p99 or p99.9'
const EXAMPLES = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'mean', 'min', 'max']

/** Reads `metric(OPERATION) comparison value in phase`; operation and phase may be absent. Never throws. */
export function parseThreshold(text: string): ParsedThreshold {
  try {
    return { threshold: readThreshold(new Reader(text)) }
  } catch (error) {
    if (error instanceof Misread) return { error: error.reason }
    throw error
  }
}

/** The one way to write it. `parseThreshold` reads it back to the same. */
export function formatThreshold(threshold: Threshold): string {
  const { metric, operation, comparison, value, unit, phase } = threshold
  const what = operation === null ? '' : `(${operation})`
  const where = phase === null ? '' : ` in ${phase}`
  const name =
    thresholdMetric(metric).operation === 'fault'
      ? `${FAULT}${what}${metric.slice(FAULT.length)}`
      : `${metricName(threshold)}${what}`
  return `${name} ${comparison} ${value}${unit}${where}`
}

function metricName({ metric, statistic }: Pick<Threshold, 'metric' | 'statistic'>): string {
  if (statistic === null) return metric
  return metric === 'latency' ? statistic : `${metric}.${statistic}`
}

/** 0.999 of `p99.9`, correctly rounded; `undefined` when it is no quantile. */
export function quantileOf(statistic: string): number | undefined {
  return statistic.startsWith('p') ? shiftPoint(Number(statistic.slice(1)), -2) : undefined
}

/** The value in the unit in which metrics are measured: microseconds, shares from 0 to 1, plain numbers. */
export function limitOf({ value, unit }: Pick<Threshold, 'value' | 'unit'>): number {
  return shiftPoint(value, BASE_EXPONENT[unit])
}

/** The other way round: a measured number in the unit of the threshold. */
export function inUnit(measured: number, unit: ThresholdUnit): number {
  return shiftPoint(measured, -BASE_EXPONENT[unit])
}

const BASE_EXPONENT: Readonly<Record<ThresholdUnit, number>> = { us: 0, ms: 3, s: 6, '%': -2, '': 0 }

/** value · 10^digits, rounded once: 99.9 / 100 is not 0.999. */
function shiftPoint(value: number, digits: number): number {
  const [mantissa, exponent = '0'] = String(value).split('e')
  return Number(`${mantissa}e${Number(exponent) + digits}`)
}

/** Metrics of the disturbances that a kind of fault began are written `fault(kind).name`. */
const FAULT = 'fault'

class Misread extends Error {
  readonly reason: ThresholdError
  constructor(reason: ThresholdError) {
    super(reason.message)
    this.reason = reason
  }
}

/** A place in a text. */
class Reader {
  readonly #text: string
  at = 0

  constructor(text: string) {
    this.#text = text
    this.skipSpace()
  }

  /** Takes what matches here, and the space after it. `pattern` is sticky. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.at = pattern.lastIndex
    this.skipSpace()
    return match[0]
  }

  expect(pattern: RegExp, what: string): string {
    return this.take(pattern) ?? this.fail(`expected ${what}`)
  }

  fail(message: string, at = this.at, unknown?: ThresholdError['unknown']): never {
    const rest = this.#text.slice(at, at + 20)
    const found = unknown === undefined ? `, got ${rest === '' ? 'the end' : JSON.stringify(rest)}` : ''
    throw new Misread({
      position: at + 1,
      message: `${message}${found}`,
      ...(unknown === undefined ? {} : { unknown }),
    })
  }

  skipSpace(): void {
    while (/\s/.test(this.#text[this.at] ?? '')) this.at++
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length
  }
}

function readThreshold(reader: Reader): Threshold {
  const fault = reader.take(/fault\s*\(/iy) === undefined ? undefined : readFault(reader)
  const { metric, statistic } = fault ?? readMetric(reader)
  const operation = fault?.operation ?? readOperation(reader, metric)
  const comparison = reader.expect(
    /<=|>=|==|!=|<|>/y,
    `a comparison (${COMPARISONS.join(' ')})`,
  ) as Comparison
  const { kind } = thresholdMetric(metric)
  const at = reader.at
  const value = Number(reader.expect(/\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?/iy, 'a number'))
  if (!Number.isFinite(value)) reader.fail('expected a smaller number', at)
  const unit = readUnit(reader, kind)
  if (kind === 'share' && value > (unit === '%' ? 100 : 1))
    reader.fail('expected a percentage (0.1%), or a share from 0 to 1', at)
  const phase = readPhase(reader, metric)
  return { metric, statistic, operation, comparison, value, unit, phase }
}

function readMetric(reader: Reader): Pick<Threshold, 'metric' | 'statistic'> {
  const at = reader.at
  const name = reader
    .expect(/[a-z_][\w.]*/iy, 'the name of a metric, such as p99(GET) or error_rate')
    .toLowerCase()
  if (STATISTIC.test(name)) return { metric: 'latency', statistic: canonicalStatistic(name) }
  if (isThresholdMetric(name) && !name.startsWith(`${FAULT}.`)) {
    if (thresholdMetric(name).kind !== 'time') return { metric: name, statistic: null }
    return reader.fail(`expected ${name} with a dot and ${STATISTICS_HELP}`, at)
  }
  const dot = name.indexOf('.')
  const [stem, statistic] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)]
  if (dot > 0 && isThresholdMetric(stem) && thresholdMetric(stem).kind === 'time') {
    if (STATISTIC.test(statistic)) return { metric: stem, statistic: canonicalStatistic(statistic) }
    return reader.fail(`expected ${STATISTICS_HELP}`, at + dot + 1)
  }
  const known = knownNames(STATISTIC.test(statistic) ? statistic : 'p99')
  return reader.fail(`there is no metric ${JSON.stringify(name)}`, at, { word: name, known })
}

/** What follows `fault(`: a kind, perhaps which of them, and after the dot the name of a metric. */
function readFault(reader: Reader): Pick<Threshold, 'metric' | 'statistic' | 'operation'> {
  const kind = reader.expect(/[a-z][a-z-]*/iy, 'a kind of fault, such as client-kill').toLowerCase()
  const which =
    reader.take(/,/y) === undefined ? undefined : reader.expect(/[1-9]\d{0,8}/y, 'a number from 1')
  reader.expect(/\)/y, 'a closing parenthesis')
  reader.expect(/\./y, 'a dot and the name of a metric')
  const at = reader.at
  const name = reader.expect(/[a-z_]+/iy, 'the name of a metric').toLowerCase()
  const metric = `${FAULT}.${name}`
  if (!isThresholdMetric(metric)) {
    const known = Object.keys(THRESHOLD_METRICS)
      .filter((one) => one.startsWith(`${FAULT}.`))
      .map((one) => one.slice(FAULT.length + 1))
    return reader.fail(`faults have no metric ${JSON.stringify(name)}`, at, { word: name, known })
  }
  return { metric, statistic: null, operation: which === undefined ? kind : `${kind}, ${which}` }
}

function canonicalStatistic(text: string): string {
  return text.startsWith('p') ? `p${Number(text.slice(1))}` : text
}

/** Every name as a person would write it, with the given statistic where one belongs. */
function knownNames(statistic: string): string[] {
  const names = Object.keys(THRESHOLD_METRICS) as ThresholdMetricName[]
  const written = names
    .filter((name) => name !== 'latency' && !name.startsWith(`${FAULT}.`))
    .map((name) =>
      metricName({ metric: name, statistic: thresholdMetric(name).kind === 'time' ? statistic : null }),
    )
  return [...written, ...EXAMPLES]
}

function readOperation(reader: Reader, metric: ThresholdMetricName): string | null {
  const { operation: rule } = thresholdMetric(metric)
  const at = reader.at
  if (rule === 'instant') return readInstant(reader, metric)
  if (reader.take(/\(/y) === undefined)
    return rule === 'required'
      ? reader.fail(`expected the name of an operation, as in ${metric}(GET)`, at)
      : null
  if (rule === 'none') reader.fail(`expected no operation: ${metric} is not counted by operation`, at)
  const name = reader
    .expect(/[^()]+/y, 'the name of an operation')
    .trim()
    .toUpperCase()
  reader.expect(/\)/y, 'a closing parenthesis')
  return name
}

function readInstant(reader: Reader, metric: ThresholdMetricName): string {
  const example = `as in ${metric}(30s)`
  reader.expect(/\(/y, `an instant of the measured time, ${example}`)
  const text = reader.expect(/\d+(?:\.\d+)?(?:ms|s|m|h)(?![a-z])/iy, `a duration, ${example}`)
  reader.expect(/\)/y, 'a closing parenthesis')
  return text.toLowerCase()
}

function readUnit(reader: Reader, kind: ThresholdKind): ThresholdUnit {
  if (kind === 'time' || kind === 'duration') {
    const unit = reader.expect(/(?:ms|us|µs|s)(?![a-z])/iy, 'a unit: ms, us or s').toLowerCase()
    return unit === 'µs' ? 'us' : (unit as ThresholdUnit)
  }
  if (kind === 'share') return reader.take(/%/y) === undefined ? '' : '%'
  return ''
}

function readPhase(reader: Reader, metric: ThresholdMetricName): string | null {
  if (reader.isAtEnd) return null
  const at = reader.at
  reader.expect(/in(?!\S)/iy, 'the end, or "in" and the name of a phase')
  if (thresholdMetric(metric).scope === 'run')
    reader.fail(`expected the end: ${metric} is known for the whole run only`, at)
  const phase = reader.expect(/\S+/y, 'the name of a phase')
  if (!reader.isAtEnd) reader.fail('expected the end')
  return phase
}
