import type { RunPlan } from './plan.ts'

/** A machine, as far as it decides what a generator can do. */
export interface Machine {
  readonly cpu_model: string
  readonly cores: number
  readonly node_version: string
  readonly tool_version: string
  /** Operating system and its release: what a system call costs changes with it. */
  readonly os: string
}

/** What the generator can do on a machine, with given settings, against a responder that costs next to nothing. */
export interface Calibration {
  readonly schema: 'redis-test/calibration'
  readonly schema_version: 1
  readonly machine: Machine
  /** Settings that decide what a generator can do. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
  /** Seconds since the epoch. */
  readonly measured_at: number
  /**
   * The highest rate of an open loop at which every arrival was sent and answered in time. Where {@link limited_by} is not
   * `generator` it can do at least that.
   */
  readonly ceiling_ops_per_second: number
  readonly limited_by: 'generator' | 'responder' | 'unknown'
  /** What the responder alone can answer, by deep pipelines from a client that does next to nothing. */
  readonly responder_ceiling_ops_per_second: number
  /** Latencies at a low rate: what no server can be faster than. */
  readonly floor: {
    readonly at_ops_per_second: number
    readonly response_p50_ms: number
    readonly response_p99_ms: number
    readonly service_p50_ms: number
    readonly service_p99_ms: number
  }
  /** What other processes used of the machine meanwhile, in cores; absent where the system does not tell. */
  readonly others_cpu_cores?: number
}

/** What a run used of what the generator can do here. */
export interface CalibrationShare {
  readonly ceiling_ops_per_second: number
  /** Rate of the run over the ceiling: 0.4. Where the rate changes, that of its busiest second. */
  readonly share: number
  /** The responder was at its limit before the generator: the ceiling is at least that. */
  readonly is_lower_bound: boolean
  readonly floor_p50_ms: number
  readonly floor_p99_ms: number
  readonly measured_at: number
  /** Set when other processes kept the machine busy while it was measured: what they used, in cores. */
  readonly others_cpu_cores?: number
}

/** Of the cores of a machine, from which on what others do on it counts. */
const OTHERS_COUNT = 0.1

/** What others used of the machine while it was calibrated, in cores, if that is enough to have made a difference. */
export function disturbanceOf({ machine, others_cpu_cores: others }: Calibration): number | null {
  return others !== undefined && others > OTHERS_COUNT * machine.cores ? others : null
}

/** How a rate compares with a calibration. */
export function shareOf(calibration: Calibration, opsPerSecond: number): CalibrationShare {
  const { ceiling_ops_per_second, limited_by, floor, measured_at } = calibration
  const others = disturbanceOf(calibration)
  return {
    ceiling_ops_per_second,
    share: Math.round((opsPerSecond / ceiling_ops_per_second) * 10_000) / 10_000,
    is_lower_bound: limited_by !== 'generator',
    floor_p50_ms: floor.response_p50_ms,
    floor_p99_ms: floor.response_p99_ms,
    measured_at,
    ...(others === null ? {} : { others_cpu_cores: others }),
  }
}

/** Why the generator cannot be calibrated for a plan: the responder keeps no data, has no certificate, and is one server. */
export function calibrationObstacle(plan: RunPlan): string | null {
  const { target, values, acked_writes, pubsub, streams } = plan
  if (target.topology !== 'standalone') return `the null responder is one server, and no ${target.topology}`
  if (target.socket !== null) return 'the null responder listens on TCP, and this is a unix socket'
  if (target.tls.enabled) return 'the null responder does not speak TLS'
  if (values.verify || acked_writes.share > 0)
    return 'the null responder keeps no values that could be verified'
  if (pubsub.subscribers > 0 || streams.consumers > 0) return 'the null responder delivers no messages'
  return plan.operations.some(({ connections }) => connections > 0)
    ? 'operations with connections of their own are a closed loop'
    : null
}
