import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

type Environment = Readonly<Record<string, string | undefined>>

/** The variables of the process, and those of a `.env` file in the working directory where the process has none. */
export function readEnvironment(processEnvironment: Environment, envFile = '.env'): Environment {
  const fromFile: Environment = existsSync(envFile) ? parseEnv(readFileSync(envFile, 'utf8')) : {}
  const own = Object.entries(processEnvironment).filter(([, value]) => value !== undefined && value !== '')
  return withStandardVariables({ ...fromFile, ...Object.fromEntries(own) })
}

/** Puts OpenTelemetry's standard variables into the terms of our settings. */
function withStandardVariables(environment: Environment): Environment {
  const translated: Record<string, string | undefined> = { ...environment }
  if (environment['OTEL_SDK_DISABLED'] === 'true') translated['OTEL_ENABLED'] = 'false'
  if (environment['OTEL_LOGS_EXPORTER'] !== undefined)
    translated['OTEL_LOGS_ENABLED'] ??= String(environment['OTEL_LOGS_EXPORTER'] === 'otlp')
  const ratio = samplerRatio(environment)
  if (ratio !== undefined) translated['TEST_TRACE_SAMPLE_RATIO'] ??= ratio
  return translated
}

function samplerRatio(environment: Environment): string | undefined {
  switch (environment['OTEL_TRACES_SAMPLER']?.replace(/^parentbased_/, '')) {
    case 'always_on':
      return '1'
    case 'always_off':
      return '0'
    case 'traceidratio':
      return environment['OTEL_TRACES_SAMPLER_ARG'] ?? '1'
    default:
      return undefined
  }
}
