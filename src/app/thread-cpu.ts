import { readFileSync } from 'node:fs'

/** Clock ticks per second of /proc, fixed at 100 on every Linux that Node.js runs on. */
const MICROS_PER_TICK = 10_000

/**
 * CPU time of the calling thread so far, user and system, microseconds. `process.threadCpuUsage` where Node.js has it
 * (23.9), /proc on Linux; elsewhere the CPU time of the whole process, which is at least that.
 */
export function threadCpuMicros(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage }
  if (threadCpuUsage !== undefined) {
    const { user, system } = threadCpuUsage.call(process)
    return user + system
  }
  if (process.platform === 'linux') {
    const fields = readFileSync('/proc/thread-self/stat', 'latin1').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK
  }
  const { user, system } = process.cpuUsage()
  return user + system
}
