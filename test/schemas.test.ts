import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readResult } from '../src/app/read-result.ts'
import { fieldsOf, publishedSchemas, type Schema } from './support/type-schema.ts'
import { problemsOfJournalLine, problemsOfResult } from './support/validate-result.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FIXTURES = join(ROOT, 'test/fixtures')
const RESULTS = join(FIXTURES, 'results')
const published = publishedSchemas()
const isUpdate = process.env['UPDATE_DOCS'] === '1'

describe('the published schemas', () => {
  it.each(Object.keys(published))('%s says what the code writes (npm run docs writes it)', (file) => {
    if (isUpdate) writeFileSync(join(ROOT, file), published[file]!)
    expect(readFileSync(join(ROOT, file), 'utf8') === published[file]).toBe(true)
  })

  it.each([
    ['result', 'schema_version'],
    ['journal', '<journal>.schema_version'],
    ['capacity', 'schema_version'],
    ['comparison', 'schema_version'],
  ] as const)(
    'of a %s takes no field back and changes the type of none within a version',
    (name, versionField) => {
      const schema = JSON.parse(published[`schemas/${name}.schema.json`]!) as Schema
      const fields = fieldsOf(schema)
      expect(fields).toContain(`${versionField}: number`)
      const file = join(FIXTURES, `fields-of-${name}-${versionOf(schema, name)}.txt`)
      const before = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
      // Only additions are ever written: what was published stays in the list until the version goes up.
      if (isUpdate) writeFileSync(file, `${[...new Set([...before, ...fields])].toSorted().join('\n')}\n`)
      const gone = before.filter((field) => !fields.includes(field))
      expect(gone, 'these are gone or have another type: schema_version has to go up').toEqual([])
      const added = isUpdate ? [] : fields.filter((field) => !before.includes(field))
      expect(added, 'these are new: run npm run docs').toEqual([])
    },
  )
})

function versionOf(schema: Schema, name: 'result' | 'journal' | 'capacity' | 'comparison'): number {
  type Properties = Readonly<Record<string, { readonly const?: number }>>
  const definitions = schema['$defs'] as Readonly<Record<string, { readonly properties: Properties }>>
  const properties =
    name === 'journal' ? definitions['JournalHeader']!.properties : (schema['properties'] as Properties)
  return properties['schema_version']!.const!
}

describe('results of earlier versions', () => {
  const names = readdirSync(RESULTS).flatMap((file) =>
    file.endsWith('.json') ? [file.replace('.json', '')] : [],
  )
  /** What was not measured then is null in JSON: nothing else could be said of it. */
  const NOT_MEASURED =
    /^\/intervals\/\d+\/(?:service_p999_ms|service_max_ms|in_flight|start_lag_p99_ms|loop_delay_p99_ms|cpu_cores|connections_lost) must be number/

  it.each(names)('%s is valid by the schema of today, once it was read', (name) => {
    const result = JSON.parse(JSON.stringify(readResult(join(RESULTS, `${name}.json`)))) as unknown
    expect(problemsOfResult(result).filter((problem) => !NOT_MEASURED.test(problem))).toEqual([])
  })

  it.each(names)('%s rebuilt from its journal is as well', (name) => {
    const result = JSON.parse(JSON.stringify(readResult(join(RESULTS, `${name}.ndjson`)))) as unknown
    expect(problemsOfResult(result)).toEqual([])
  })

  it('have journals whose lines the schema knows by their kind', () => {
    const line = { type: 'measure', at_ms: 1, cpu_micros: 2 }
    expect(problemsOfJournalLine(line)).toEqual([])
    expect(problemsOfJournalLine({ ...line, cpu_micros: '2' })).not.toEqual([])
    expect(problemsOfJournalLine({ ...line, type: 'other' })).not.toEqual([])
  })
})
