import { describe, expect, it } from 'vitest'
import { settingsOfSearch } from '../../../src/cli/commands/search-parts.ts'

describe('settings of a search', () => {
  const keys = settingsOfSearch(['--metrics-port']).map(({ key }) => key)

  it('are those of the target, the client and the workload', () => {
    for (const key of [
      'target.host',
      'load.clients',
      'load.threads',
      'load.warmup',
      'values.size',
      'output.file',
    ])
      expect(keys).toContain(key)
  })

  it('are not those that it decides, those of its own flags, and those of a run alone', () => {
    const forbidden = [
      'load.target_ops_per_second',
      'load.duration',
      'load.stages',
      'load.step.by',
      'load.ramp',
    ]
    for (const key of [...forbidden, 'thresholds', 'expect', 'output.journal', 'metrics.port'])
      expect(keys).not.toContain(key)
  })
})
