import { SETTINGS } from './settings.ts'
import type { Sourced } from './sources.ts'

/** Paths in which `{run_id}`, `{instance_id}` and `{app_name}` stand for the labels of that name. */
const PATHS_WITH_LABELS = new Set([
  'log.file',
  ...SETTINGS.flatMap(({ key, kind }) => (key.startsWith('output.') && kind.isPath === true ? [key] : [])),
])

type Labels = Readonly<Record<'app_name' | 'instance_id' | 'run_id', string>>

/**
 * The values of settings as the plan has them: names that stand for others filled in, secrets hidden. The settings
 * themselves keep what was written, so that they can be saved and used for another run.
 */
export function plannedValues(
  resolved: ReadonlyMap<string, Sourced>,
  profileName: string,
): (key: string) => unknown {
  const raw = (key: string): unknown => resolved.get(key)?.value
  const appName = String(raw('identity.app_name')).replaceAll('{workload_profile}', profileName)
  const labels: Labels = {
    app_name: appName,
    instance_id: String(raw('identity.instance_id')).replaceAll('{app_name}', appName),
    run_id: String(raw('identity.run_id')),
  }
  return (key) => {
    const value = raw(key)
    if (key === 'target.password' || key === 'target.sentinel.password') return value === null ? null : '***'
    if (key === 'target.tls.ca_data' && typeof value === 'string') return value.replaceAll('\\n', '\n')
    if (PATHS_WITH_LABELS.has(key) && typeof value === 'string') return fillInLabels(value, labels)
    return labels[key.replace(/^identity\./, '') as keyof Labels] ?? value
  }
}

/** `/results/{run_id}/{instance_id}.json` → the file of this instance. Labels may hold slashes; file names may not. */
export function fillInLabels(path: string, labels: Labels): string {
  return path.replaceAll(/\{(run_id|instance_id|app_name)\}/g, (_, name: string) =>
    labels[name as keyof Labels].replaceAll('/', '_').replace(/^\.+$/, '_'),
  )
}
