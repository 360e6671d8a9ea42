import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../../../src/model/result.ts'

/** The results that the replicas of a run left in the results volume, by instance. */
export function readReports(volume: string, runId: string): ReadonlyMap<string, RunResult> {
  const folder = join(volume, runId)
  if (!existsSync(folder)) return new Map()
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const results = files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RunResult)
  return new Map(results.map((result) => [result.instance_id, result]))
}

/** Every command of a run that was settled in the measured phase. */
export const settled = ({ totals }: RunResult) => totals.ok + totals.failed + totals.indeterminate
