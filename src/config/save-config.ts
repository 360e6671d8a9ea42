import { Document, isScalar } from 'yaml'
import type { BuiltPlan } from './build-plan.ts'
import { PROFILE_KEY } from './config-file.ts'
import { SETTINGS, type Setting } from './settings.ts'
import { RANK, type Sourced } from './sources.ts'

/** Defaults that are worked out anew for each run: from other settings, or to tell runs apart. */
const WORKED_OUT = new Set([
  'load.concurrency',
  'otel.enabled',
  'identity.instance_id',
  'identity.run_id',
  'identity.version',
])

const HEADER = ` Settings of redis-test, for --config-file. Secrets are not in it: give them by REDIS_PASSWORD or --password-file.`

/**
 * Everything that decides a plan, as a configuration file that gives the same plan again: every setting with the value
 * it came to, and where that is from. Holds no secret.
 */
export function renderConfig({ resolved }: Pick<BuiltPlan, 'resolved'>, profile: string): string {
  const document = new Document({ [PROFILE_KEY]: profile })
  document.commentBefore = HEADER
  for (const setting of SETTINGS) {
    const sourced = resolved.get(setting.key)
    const value = sourced === undefined ? undefined : savedValue(setting, sourced)
    if (value === undefined) continue
    const path = setting.key.split('.')
    document.setIn(path, document.createNode(value))
    const node = document.getIn(path, true)
    if (isScalar(node)) node.comment = ` ${sourced!.origin}`
  }
  return document.toString({ lineWidth: 0 })
}

function savedValue(setting: Setting, { value, rank }: Sourced): unknown {
  if (setting.secret !== undefined || setting.becomes === 'other settings') return undefined
  if (rank === RANK.default && WORKED_OUT.has(setting.key)) return undefined
  const { write } = setting.kind
  if (value === null) return rank === RANK.default ? undefined : writtenNull(setting)
  return write === undefined ? value : write(value)
}

/** Most settings are null when they are absent; a few have a word for it (`max`). */
function writtenNull({ kind }: Setting): unknown {
  const word = kind.write?.(null)
  return kind.schema.safeParse(word).data === null ? word : undefined
}
