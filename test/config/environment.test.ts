import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readEnvironment } from '../../src/config/environment.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-test-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('readEnvironment', () => {
  it('adds what .env has, where the process has nothing', () => {
    const file = join(folder, '.env')
    writeFileSync(file, 'REDIS_HOST=from-file\nREDIS_PORT=7000\nQUIET=\n')
    expect(readEnvironment({ REDIS_HOST: 'own', REDIS_PORT: '' }, file)).toMatchObject({
      REDIS_HOST: 'own',
      REDIS_PORT: '7000',
      QUIET: '',
    })
  })

  it('does without a file', () => {
    expect(readEnvironment({ A: '1' }, join(folder, 'none'))).toEqual({ A: '1' })
  })

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, '1'],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, '0'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.2' }, '0.2'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, '1'],
    [{ OTEL_TRACES_SAMPLER: 'always_on', TEST_TRACE_SAMPLE_RATIO: '0.5' }, '0.5'],
    [{ OTEL_TRACES_SAMPLER: 'xray' }, undefined],
  ])('understands %j', (variables, ratio) => {
    expect(readEnvironment(variables, join(folder, 'none'))['TEST_TRACE_SAMPLE_RATIO']).toBe(ratio)
  })

  it.each([
    [{ OTEL_LOGS_EXPORTER: 'otlp' }, 'true'],
    [{ OTEL_LOGS_EXPORTER: 'none' }, 'false'],
    [{ OTEL_LOGS_EXPORTER: 'otlp', OTEL_LOGS_ENABLED: 'false' }, 'false'],
    [{}, undefined],
  ])('understands %j as a wish for logs', (variables, wanted) => {
    expect(readEnvironment(variables, join(folder, 'none'))['OTEL_LOGS_ENABLED']).toBe(wanted)
  })

  it('honours OTEL_SDK_DISABLED', () => {
    expect(
      readEnvironment({ OTEL_SDK_DISABLED: 'true', OTEL_ENABLED: 'true' }, join(folder, 'none'))[
        'OTEL_ENABLED'
      ],
    ).toBe('false')
  })
})
