import {
  type Calibration,
  calibrationObstacle,
  type CalibrationShare,
  disturbanceOf,
} from '../../model/calibration.ts'
import type { RunPlan } from '../../model/plan.ts'
import { formatCount, formatMillis } from '../format.ts'

/** After so many days it is said how old a calibration is. */
const STALE_DAYS = 30
const DAY_SECONDS = 86_400

/**
 * `the generator was at 40 % of what it can do here (…)`, with what speaks against the figures; or how to find out.
 * `atSeconds`: when it was so, since the epoch.
 */
export function calibrationText(
  calibration: CalibrationShare | null,
  plan: RunPlan,
  atSeconds: number,
): string {
  if (calibration === null) {
    const obstacle = calibrationObstacle(plan)
    return obstacle === null ? `none: ${calibrationCommand(plan)}` : `none: ${obstacle}`
  }
  const { share, ceiling_ops_per_second, is_lower_bound, floor_p50_ms } = calibration
  const percent = `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
  const when = plan.load.stages.length > 0 ? ' in its busiest second' : ''
  const doubts = [...doubtsOf(calibration, atSeconds)].map((doubt) => `; ${doubt}`).join('')
  return `the generator was at ${is_lower_bound ? 'most ' : ''}${percent} of what it can do here${when} (${is_lower_bound ? 'at least ' : ''}${formatCount(ceiling_ops_per_second)} ops/s, from ${formatMillis(floor_p50_ms)} ms p50${doubts})`
}

function* doubtsOf(
  { measured_at, others_cpu_cores: others }: CalibrationShare,
  atSeconds: number,
): Generator<string> {
  if (others !== undefined) yield `measured while others used ${others.toFixed(2)} cores: calibrate again`
  const days = Math.floor((atSeconds - measured_at) / DAY_SECONDS)
  if (days >= STALE_DAYS) yield `measured ${days} days before`
}

/** The command that calibrates for the settings of a plan: every one that decides which calibration is taken. */
function calibrationCommand({ profile, load, batch, target, client, keys, values }: RunPlan): string {
  const unless = (
    usual: string | number | boolean,
    flag: string,
    value: string | number | boolean,
  ): string[] => (value === usual ? [] : [typeof value === 'boolean' ? flag : `${flag} ${value}`])
  const flags = [
    `-w ${profile.name}`,
    `--threads ${load.threads}`,
    `--clients ${load.clients}`,
    ...(batch.kind === 'pipeline' ? [`--pipeline-size ${batch.size}`] : []),
    ...(batch.kind === 'transaction' ? [`--transaction-size ${batch.size}`] : []),
    ...unless(3, '--protocol', target.protocol),
    ...unless('auto', '--pacing', load.pacing),
    ...unless('constant', '--arrivals', load.arrivals),
    ...unless('measure', '--preset', client.preset),
    ...unless(true, '--no-coalesce-writes', client.coalesce_writes),
    ...unless(0, '--renew-after', client.renew_after ?? 0),
    ...unless('uniform', '--key-distribution', keys.distribution),
    `--value-size ${/^\w+$/.test(values.size) ? values.size : `'${values.size}'`}`,
    ...unless('random', '--value-kind', values.kind),
  ]
  return `redis-test calibrate ${flags.join(' ')}`
}

const LIMITED: Readonly<Record<Calibration['limited_by'], string>> = {
  generator: 'limited by the generator',
  responder: 'limited by the null responder: the generator can do at least that',
  unknown: 'not clear whether by the generator or by the null responder: the generator can do at least that',
}

/** What a calibration found. */
export function renderTextCalibration(calibration: Calibration, file: string): string {
  const { machine, settings, floor, ...found } = calibration
  const others = disturbanceOf(calibration)
  return `${[
    `machine       ${machine.cpu_model} · ${machine.cores} cores · Node.js ${machine.node_version} · redis-test ${machine.tool_version}`,
    `settings      ${Object.entries(settings)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(' · ')}`,
    `ceiling       ${formatCount(found.ceiling_ops_per_second)} ops/s in an open loop, ${LIMITED[found.limited_by]}`,
    `responder     ${formatCount(found.responder_ceiling_ops_per_second)} commands/s alone, with deep pipelines`,
    `floor         at ${formatCount(floor.at_ops_per_second)} ops/s: response p50 ${formatMillis(floor.response_p50_ms)} p99 ${formatMillis(floor.response_p99_ms)} ms · service p50 ${formatMillis(floor.service_p50_ms)} p99 ${formatMillis(floor.service_p99_ms)} ms`,
    ...(others === null
      ? []
      : [
          `warning       other processes used ${others.toFixed(2)} of ${machine.cores} cores meanwhile: the ceiling is too low and the floor too high; calibrate again when they are done`,
        ]),
    `kept in       ${file}`,
  ].join('\n')}\n`
}
