import { spawnSync } from 'node:child_process'
import { ROOT } from '../../e2e/support/command-line.ts'
import { findProgram } from '../../support/find-program.ts'

/** Under which names a program may be installed; Debian prefixes those of the Prometheus project. */
const NAMES = {
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  alertmanager: ['alertmanager', 'prometheus-alertmanager'],
  redisExporter: ['redis_exporter', 'prometheus-redis-exporter'],
  nodeExporter: ['node_exporter', 'prometheus-node-exporter'],
} as const

const GO_PROGRAMS = ['otelcol', 'jaeger'] as const

export type ProgramName = keyof typeof NAMES | (typeof GO_PROGRAMS)[number]

export interface Programs {
  /** Paths of what there is. */
  readonly found: Readonly<Partial<Record<ProgramName, string>>>
  /** Why the others are not there. */
  readonly reasons: Readonly<Partial<Record<ProgramName, string>>>
}

/** Finds the real components, and builds those that are built from source; that takes minutes the first time. */
export function findPrograms(): Programs {
  const found: Partial<Record<ProgramName, string>> = {}
  const reasons: Partial<Record<ProgramName, string>> = {}
  for (const [name, names] of Object.entries(NAMES) as [keyof typeof NAMES, readonly string[]][]) {
    const path = names.map(findProgram).find((candidate) => candidate !== undefined)
    if (path === undefined) reasons[name] = `none of ${names.join(', ')} is on PATH`
    else found[name] = path
  }
  const { stdout } = spawnSync(process.execPath, ['scripts/stack/get-go-programs.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const built = JSON.parse(stdout) as Record<string, string | null> & { reasons: Record<string, string> }
  for (const name of GO_PROGRAMS) {
    if (typeof built[name] === 'string') found[name] = built[name]
    else reasons[name] = built.reasons[name] ?? 'unknown'
  }
  return { found, reasons }
}
