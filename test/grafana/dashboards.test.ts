import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DASHBOARDS, fileOf } from '../../grafana/src/dashboards.ts'
import { DASHBOARD_TITLES } from '../../grafana/src/layout.ts'

const FOLDER = fileURLToPath(new URL('../../grafana/dashboards/', import.meta.url))

describe('grafana/dashboards', () => {
  it.each(DASHBOARDS.map((dashboard) => fileOf(dashboard)))(
    '$name is what grafana/src builds (npm run dashboards writes it)',
    ({ name, text }) => {
      if (process.env['UPDATE_DASHBOARDS'] === '1') writeFileSync(`${FOLDER}${name}`, text)
      expect(readFileSync(`${FOLDER}${name}`, 'utf8')).toBe(text)
    },
  )

  it('holds no other file', () => {
    const files = Object.keys(DASHBOARD_TITLES).map((uid) => `${uid}.json`)
    expect(readdirSync(FOLDER).toSorted()).toEqual(files.toSorted())
  })

  it('has one title for each uid, in the order of the links', () => {
    expect(Object.fromEntries(DASHBOARDS.map(({ uid, title }) => [uid, title]))).toEqual(DASHBOARD_TITLES)
    expect(DASHBOARDS.map(({ uid }) => uid)).toEqual(Object.keys(DASHBOARD_TITLES))
  })
})
