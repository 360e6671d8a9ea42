import type { Secrets } from '../model/plan.ts'
import { createRedactor } from '../telemetry/redact.ts'

type Environment = Readonly<Record<string, string | undefined>>

const CREDENTIALS =
  /^(?:OTEL_EXPORTER_OTLP_(?:\w+_)?HEADERS|PYROSCOPE_AUTH_TOKEN|PYROSCOPE_BASIC_AUTH_PASSWORD)$/
/** Shorter ones stand in many texts that are none of them. */
const SHORTEST_WORD = 6

/** Everything that no output may hold: the secrets of a plan, and the credentials of telemetry. */
export function secretTexts(secrets: Secrets, environment: Environment): string[] {
  const own = Object.values(secrets).filter((secret) => secret !== null)
  const credentials = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && CREDENTIALS.test(name) ? partsOf(value) : [],
  )
  return [...own, ...credentials].filter((text) => text !== '')
}

/** A function that hides all of them in a text. */
export function hideSecrets(secrets: Secrets, environment: Environment): (text: string) => string {
  return createRedactor(secretTexts(secrets, environment))
}

/** `authorization=Bearer%20abc,x-tenant=1`: the values, as they are written and as they are sent, and their words. */
function partsOf(value: string): string[] {
  const values = value.split(',').map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
  return values
    .flatMap((one) => [one, ...decoded(one).split(/\s+/), decoded(one)])
    .filter((text) => text.length >= SHORTEST_WORD)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
