import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DATASOURCE } from './query.ts'

/** Grafana's number for "label values" in its variable editor. */
const LABEL_VALUES = 1

function datasource(): VariableModel {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus')
    .current({ text: 'Prometheus', value: 'prometheus' })
    .build()
}

function labelValues(name: string, label: string, query: string): QueryVariableBuilder {
  return (
    new QueryVariableBuilder(name)
      .label(label)
      .datasource(DATASOURCE)
      .query({ qryType: LABEL_VALUES, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
      .definition(query)
      // A run that began after the page was opened must appear.
      .refresh(VariableRefresh.OnTimeRangeChanged)
  )
}

/** In the order of a reader. Set by hand: to the linter, a method `sort` is that of an array. */
function inOrder(builder: QueryVariableBuilder): VariableModel {
  return { ...builder.build(), sort: VariableSort.NaturalAsc }
}

/**
 * One path of the numbers: the scrape of the app, or OTLP. Both carry the same numbers, so there is no "All".
 */
function job(): VariableModel {
  return inOrder(
    labelValues('job', 'job', 'label_values(redis_test_run_info{job=~".*redis-test"}, job)')
      .description('redis-test: scraped from the app. otlp/redis-test: the same numbers over OTLP.')
      .multi(false)
      .includeAll(false)
      .allowCustomValue(false)
      .current({ text: 'redis-test', value: 'redis-test' }),
  )
}

/** Several values or all of them. `all` is `.+` for a label that every series has, `.*` for one that may be absent. */
export function chooseMany(name: string, query: string, all: '.+' | '.*' = '.+'): VariableModel {
  return inOrder(
    labelValues(name, name, query)
      .multi(true)
      .includeAll(true)
      .allValue(all)
      .current({ text: ['All'], value: ['$__all'] }),
  )
}

const CHAIN = [
  ['app_name', 'job="$job"'],
  ['version', 'job="$job", app_name=~"$app_name"'],
  ['run_id', 'job="$job", app_name=~"$app_name", version=~"$version"'],
  ['instance_id', 'job="$job", app_name=~"$app_name", version=~"$version", run_id=~"$run_id"'],
] as const

const ALL_IDENTITY =
  'job="$job", app_name=~"$app_name", version=~"$version", run_id=~"$run_id", instance_id=~"$instance_id"'

/** What a reader of a run chooses; each offers only what fits those before it. */
export function runVariables(): VariableModel[] {
  return [
    datasource(),
    job(),
    ...CHAIN.map(([name, matchers]) =>
      chooseMany(name, `label_values(redis_test_run_info{${matchers}}, ${name})`),
    ),
    chooseMany('operation', `label_values(redis_operations_total{${ALL_IDENTITY}}, operation)`),
  ]
}

/** One of a few words. */
export function chooseOne(
  name: string,
  label: string,
  values: readonly [string, ...string[]],
): VariableModel {
  const [first] = values
  return new CustomVariableBuilder(name)
    .label(label)
    .values(values.join(','))
    .current({ text: first, value: first })
    .options(values.map((value) => ({ text: value, value, selected: value === first })))
    .multi(false)
    .includeAll(false)
    .build()
}
