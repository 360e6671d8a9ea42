import { type AnnotationQuery, AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { shown } from './layout.ts'
import { aggregate, select, sum } from './queries.ts'
import { DATASOURCE } from './query.ts'

/** Distance of the samples of an annotation. Grafana joins marks that are no further apart into a region. */
const STEP = '5s'

interface Mark {
  readonly name: string
  readonly color: string
  readonly expr: string
  readonly title: string
  readonly text: string
  readonly tags: readonly string[]
}

function annotation({ name, color, expr, title, text, tags }: Mark): AnnotationQuery {
  const built = new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(color)
    .titleFormat(title)
    .textFormat(text)
    .tagKeys(tags.join(','))
    .step(STEP)
    .target(
      new DataqueryBuilder()
        .refId('Anno')
        .datasource(DATASOURCE)
        .expr(expr)
        .interval(STEP)
        .legendFormat(title)
        .range(),
    )
    .build()
  return shown(built)
}

function phase(name: string, color: string, phases: string): AnnotationQuery {
  const labels = ['run_id', 'phase']
  return annotation({
    name,
    color,
    expr: `${aggregate('max', labels)}(${select('redis_test_phase', `phase=~"${phases}"`)}) == 1`,
    title: '{{phase}}',
    text: 'run {{run_id}}',
    tags: labels,
  })
}

/** The first seconds of a run: its first phases may be over before the first scrape, but then it was not there before. */
function beginning(): AnnotationQuery {
  const labels = ['run_id']
  const info = select('redis_test_run_info')
  return annotation({
    name: 'Run begins',
    color: 'yellow',
    expr: `${aggregate('max', labels)}(${info}) unless ${aggregate('max', labels)}(${info} offset 10s)`,
    title: 'run begins',
    text: 'run {{run_id}}',
    tags: labels,
  })
}

/**
 * Something that is one event has its mark where the count rises: above the one of a step before, or above none (a series
 * that Prometheus has only just met).
 */
function rising(metric: string, labels: readonly string[]): string {
  const count = select(metric)
  const now = sum(labels, count)
  const before = sum(labels, `${count} offset $__interval`)
  return `${now} > (${before} or ${now} * 0)`
}

function faults(): AnnotationQuery {
  const labels = ['run_id', 'kind', 'result']
  return annotation({
    name: 'Faults',
    color: 'red',
    expr: rising('redis_test_faults_total', labels),
    title: 'fault: {{kind}}',
    text: '{{result}}, run {{run_id}}',
    tags: labels,
  })
}

/** What servers announce of their maintenance. */
function maintenance(): AnnotationQuery {
  const labels = ['run_id', 'redis_client_connection_notification']
  return annotation({
    name: 'Maintenance',
    color: 'purple',
    expr: rising('redis_client_maintenance_notifications_total', labels),
    title: 'maintenance: {{redis_client_connection_notification}}',
    text: 'run {{run_id}}',
    tags: labels,
  })
}

/** Faults that last, from their beginning until they are taken back. */
function lastingFaults(): AnnotationQuery {
  const labels = ['run_id', 'kind']
  return annotation({
    name: 'Faults that last',
    color: 'dark-red',
    expr: `${sum(labels, select('redis_test_active_faults'))} > 0`,
    title: 'fault lasts: {{kind}}',
    text: 'run {{run_id}}',
    tags: labels,
  })
}

/** The course of a run on every panel: its phases and faults, announced maintenance, and alerts that fired. */
export function runAnnotations(): AnnotationQuery[] {
  return [
    beginning(),
    phase('Measured', 'green', 'measure'),
    phase('Run ends', 'blue', 'drain|done'),
    faults(),
    lastingFaults(),
    maintenance(),
    annotation({
      name: 'Alerts',
      color: 'orange',
      expr: `${aggregate('max', ['alertname', 'severity'])}(ALERTS{alertstate="firing"})`,
      title: '{{alertname}}',
      text: '{{severity}}',
      tags: ['alertname', 'severity'],
    }),
  ]
}
