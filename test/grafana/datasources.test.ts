import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { DASHBOARDS } from '../../grafana/src/dashboards.ts'
import { interpolate } from '../../grafana/src/queries-of.ts'
import { KNOWN } from './metrics.ts'
import { selectorsOf, syntaxErrors } from './promql.ts'

const GRAFANA = fileURLToPath(new URL('../../grafana/', import.meta.url))
const OPTIONAL = readdirSync(`${GRAFANA}datasources`).map((file) => `datasources/${file}`)
const FILES = ['provisioning/datasources/core.yaml', ...OPTIONAL]

type Json = Readonly<Record<string, unknown>>

interface DataSource {
  readonly name: string
  readonly uid: string
  readonly type: string
  readonly url: string
  readonly access: string
  readonly editable: boolean
  readonly isDefault?: boolean
  readonly jsonData: Json
}

function read(file: string): { apiVersion: number; prune?: boolean; datasources: DataSource[] } {
  return parse(readFileSync(`${GRAFANA}${file}`, 'utf8')) as ReturnType<typeof read>
}

const ALL = FILES.flatMap((file) => read(file).datasources)

/** Every string in a value, with its key. */
function strings(value: unknown, key = ''): [key: string, text: string][] {
  if (typeof value === 'string') return [[key, value]]
  if (Array.isArray(value)) return value.flatMap((one) => strings(one, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) => strings(one, name))
}

/** What Grafana makes of `$`: an environment variable, unless it is doubled. */
function asGrafanaReads(text: string): string {
  return text.replaceAll('$$', '$')
}

describe('data sources', () => {
  it('are there for the core and for each profile', () => {
    expect(OPTIONAL.map((file) => file.replace(/^.*\/|\.yaml$/g, '')).toSorted()).toEqual(
      ['none', 'loki', 'tempo', 'zipkin', 'pyroscope', 'elasticsearch', 'alertmanager'].toSorted(),
    )
    expect(read('provisioning/datasources/core.yaml').datasources.map(({ uid }) => uid)).toEqual([
      'prometheus',
      'jaeger',
    ])
    expect(read('datasources/none.yaml')).toEqual({ apiVersion: 1, datasources: [] })
  })

  it.each(FILES)('%s is in the form that Grafana reads', (file) => {
    const { apiVersion, prune, datasources } = read(file)
    expect(apiVersion).toBe(1)
    if (datasources.length > 0) expect(prune).toBe(true)
    for (const { name, uid, url, access, editable } of datasources) {
      expect(name).not.toBe('')
      expect(uid).toMatch(/^[a-z][a-z-]+$/)
      expect(url).toMatch(/^http:\/\/[a-z]+:\d+$/)
      expect(access).toBe('proxy')
      expect(editable).toBe(false)
    }
  })

  it('have one name and one uid each, and one default', () => {
    expect(new Set(ALL.map(({ uid }) => uid)).size).toBe(ALL.length)
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length)
    expect(ALL.filter(({ isDefault }) => isDefault === true).map(({ uid }) => uid)).toEqual(['prometheus'])
  })

  it('lead only to data sources and dashboards that exist', () => {
    const uids = new Set(ALL.map(({ uid }) => uid))
    const targets = strings(ALL).filter(([key]) => key === 'datasourceUid')
    expect(targets.length).toBeGreaterThan(5)
    expect(targets.filter(([, uid]) => !uids.has(uid))).toEqual([])
    const dashboards = strings(ALL).flatMap(([, text]) =>
      [...text.matchAll(/\/d\/([\w-]+)/g)].map(([, uid]) => uid),
    )
    expect(dashboards).toEqual(['redis-test-overview'])
    expect(DASHBOARDS.map(({ uid }) => uid)).toContain(dashboards[0])
  })

  it('double every $', () => {
    const texts = strings(ALL).map(([, text]) => text)
    expect(texts.filter((text) => /(?<!\$)(?:\$\$)*\$(?!\$)/.test(text))).toEqual([])
    expect(texts.filter((text) => text.includes('$$')).length).toBeGreaterThan(5)
  })

  it('make the rate interval that the dashboards reckon with', () => {
    for (const { type, jsonData } of ALL)
      if (type === 'prometheus') expect(jsonData['timeInterval']).toBe('5s')
    expect(interpolate('$__rate_interval')).toBe('20s')
  })
})

describe('ways from one signal to another', () => {
  const byUid = new Map(ALL.map((source) => [source.uid, source]))
  const json = (uid: string, key: string): unknown => byUid.get(uid)!.jsonData[key]

  it('metric to trace: exemplars carry trace_id', () => {
    const destinations = (uid: string): unknown => (json(uid, 'exemplarTraceIdDestinations') as Json[])[0]
    expect(destinations('prometheus')).toMatchObject({ name: 'trace_id', datasourceUid: 'jaeger' })
    expect(destinations('prometheus-tempo')).toMatchObject({ name: 'trace_id', datasourceUid: 'tempo' })
  })

  it.each(['jaeger', 'tempo', 'zipkin'])('%s to logs: by structured metadata, not by text', (uid) => {
    const { query, datasourceUid } = json(uid, 'tracesToLogsV2') as { query: string; datasourceUid: string }
    expect(datasourceUid).toBe('loki')
    expect(asGrafanaReads(query)).toBe('{service_name=~".+"} | trace_id = "${__trace.traceId}"')
  })

  it('logs to trace, from a field or from the line, and to the run', () => {
    const fields = json('loki', 'derivedFields') as {
      matcherType: string
      matcherRegex: string
      url: string
    }[]
    expect(fields.map(({ matcherType, matcherRegex }) => `${matcherType} ${matcherRegex}`)).toEqual([
      'label trace_id',
      'regex "trace_id":"(\\w+)"',
      'label run_id',
    ])
    expect(new RegExp(fields[1]!.matcherRegex).exec('{"trace_id":"0af7651916cd43dd","a":1}')![1]).toBe(
      '0af7651916cd43dd',
    )
    expect(fields.map(({ url }) => asGrafanaReads(url))).toEqual([
      '${__value.raw}',
      '${__value.raw}',
      '/d/redis-test-overview?var-run_id=${__value.raw}',
    ])
  })

  it.each(['jaeger', 'tempo'])('%s to metrics: queries with metrics and labels of ours', (uid) => {
    const { queries, tags } = json(uid, 'tracesToMetrics') as {
      queries: { name: string; query: string }[]
      tags: { key: string; value: string }[]
    }
    expect(queries.length).toBeGreaterThan(1)
    const labels = tags.map(({ value }) => `${value}="x"`).join(', ')
    for (const { query } of queries) {
      const expr = interpolate(asGrafanaReads(query), { __tags: labels })
      expect(syntaxErrors(expr)).toEqual([])
      // A span without any of the tags: a comma may end the list.
      expect(syntaxErrors(interpolate(asGrafanaReads(query), { __tags: '' }))).toEqual([])
      for (const { metrics, matchers } of selectorsOf(expr)) {
        const known = KNOWN.get(metrics[0]!)!
        expect(known.source).toBe('app')
        expect(matchers.filter(({ label }) => !known.labels!.has(label))).toEqual([])
        expect(matchers).toContainEqual({ label: 'job', operator: '=', value: 'redis-test' })
      }
    }
  })

  it.each(['jaeger', 'tempo'])('%s to profiles', (uid) => {
    expect(json(uid, 'tracesToProfiles')).toMatchObject({
      datasourceUid: 'pyroscope',
      tags: [
        { key: 'service.name', value: 'service_name' },
        { key: 'service.instance.id', value: 'instance_id' },
      ],
    })
  })
})

describe('the dashboard provider', () => {
  it('reads the folder of the generated files and lets nobody change them', () => {
    const { apiVersion, providers } = parse(
      readFileSync(`${GRAFANA}provisioning/dashboards/redis-test.yaml`, 'utf8'),
    ) as { apiVersion: number; providers: Json[] }
    expect(apiVersion).toBe(1)
    expect(providers).toHaveLength(1)
    expect(providers[0]).toMatchObject({
      folder: 'redis-test',
      type: 'file',
      disableDeletion: true,
      editable: false,
      allowUiUpdates: false,
      options: { path: '/var/lib/grafana/dashboards/redis-test' },
    })
  })
})
