import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { CATALOGUE, IDENTITY_LABELS } from '../../src/model/catalogue.ts'
import { EXTERNAL_METRICS } from '../support/known-metrics.ts'
import { groupingsOf } from './promql.ts'

/** What is known of a series' labels; `undefined` for metrics of others, whose labels nobody wrote down. */
export interface KnownMetric {
  readonly name: string
  readonly source: 'app' | 'rule' | 'external'
  readonly labels: ReadonlySet<string> | undefined
  /** Only its growth says something. */
  readonly isCounter: boolean
}

const TARGET_LABELS = ['job', 'instance', '__name__']

function app(): KnownMetric[] {
  return CATALOGUE.flatMap(({ prometheus, type, labels }) => {
    const all = [...TARGET_LABELS, ...IDENTITY_LABELS, ...labels.map((label) => label.replaceAll('.', '_'))]
    if (type !== 'histogram') {
      return [{ name: prometheus, source: 'app', labels: new Set(all), isCounter: type === 'counter' }]
    }
    return ['_bucket', '_sum', '_count'].map((suffix): KnownMetric => ({
      name: `${prometheus}${suffix}`,
      source: 'app',
      labels: new Set(suffix === '_bucket' ? [...all, 'le'] : all),
      isCounter: true,
    }))
  })
}

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly expr: string }[]
  }[]
}

const RECORDING = fileURLToPath(new URL('../../prometheus/rules/recording.yml', import.meta.url))

/** A recorded series has the labels that its expression keeps; all of ours keep them by name. */
function rules(): KnownMetric[] {
  const { groups } = parse(readFileSync(RECORDING, 'utf8')) as RuleFile
  return groups
    .flatMap((group) => group.rules)
    .filter(({ record }) => record !== undefined)
    .map(({ record, expr }) => {
      const kept = groupingsOf(expr).flatMap(({ labels }) => labels)
      return {
        name: record!,
        source: 'rule',
        // One that is made of recorded series alone has theirs.
        labels: kept.length === 0 ? undefined : new Set([...TARGET_LABELS, ...kept]),
        isCounter: false,
      }
    })
}

function external(): KnownMetric[] {
  return Object.values(EXTERNAL_METRICS).flatMap(({ names }) =>
    names.map((name) => ({
      name,
      source: 'external' as const,
      labels: undefined,
      isCounter: /_(total|bucket|sum|count)$/.test(name),
    })),
  )
}

/** Every metric that a dashboard may name. What a run tells of the servers has the names of those who tell it all the time. */
export const KNOWN: ReadonlyMap<string, KnownMetric> = new Map(
  [...app(), ...external(), ...rules()].map((metric) => [metric.name, metric]),
)
