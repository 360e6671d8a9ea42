import { describe, expect, it } from 'vitest'
import { DASHBOARDS } from '../../grafana/src/dashboards.ts'
import { defaultsOf, interpolate, parseLabelValues, queriesOf } from '../../grafana/src/queries-of.ts'

describe('interpolate', () => {
  it('replaces variables in every notation, and Grafana’s own', () => {
    expect(interpolate('a{x="$x", y=~"${y}", z="${x:regex}"}[$__rate_interval]', { x: '1', y: '2|3' })).toBe(
      'a{x="1", y=~"2|3", z="1"}[20s]',
    )
    expect(interpolate('a[$__range:$__interval] offset ${__interval}')).toBe('a[15m:5s] offset 5s')
  })

  it('does not let a variable pass that it does not know', () => {
    expect(() => interpolate('a{x="$x"}')).toThrow('no value for $x')
  })
})

describe('queriesOf', () => {
  it('finds those of panels, annotations and variables', () => {
    for (const dashboard of DASHBOARDS) {
      const formats = new Set(queriesOf(dashboard).map(({ format }) => format))
      expect([...formats]).toEqual(expect.arrayContaining(['time_series', 'annotation', 'label_values']))
    }
    const found = DASHBOARDS.flatMap((dashboard) => queriesOf(dashboard))
    const written = [...JSON.stringify(DASHBOARDS).matchAll(/"expr":|"qryType":/g)]
    expect(found).toHaveLength(written.length)
  })

  it('leaves nothing of Grafana in them, with the defaults of the dashboard', () => {
    for (const dashboard of DASHBOARDS) {
      for (const { expr } of queriesOf(dashboard)) {
        expect(interpolate(expr, defaultsOf(dashboard))).not.toContain('$')
      }
    }
  })
})

describe('defaultsOf', () => {
  it('is what a dashboard shows when it is opened', () => {
    expect(defaultsOf(DASHBOARDS[0]!)).toEqual({
      datasource: 'prometheus',
      job: 'redis-test',
      app_name: '.+',
      version: '.+',
      run_id: '.+',
      instance_id: '.+',
      operation: '.+',
    })
  })
})

describe('parseLabelValues', () => {
  it('splits at the last comma', () => {
    expect(parseLabelValues('label_values(a{b="c", d="e"}, f)')).toEqual({
      selector: 'a{b="c", d="e"}',
      label: 'f',
    })
    expect(() => parseLabelValues('up')).toThrow('not label_values')
  })
})
