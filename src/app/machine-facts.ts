import { arch, cpus, release, totalmem, type as systemName } from 'node:os'
import type { MachineFacts } from '../model/machine.ts'

export function machineFacts(): MachineFacts {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cpu_count: all.length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    os: `${systemName()} ${release()}`,
    arch: arch(),
    node: process.version,
  }
}
