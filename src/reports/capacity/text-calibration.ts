import { type Calibration, calibrationObstacle, type CalibrationShare } from '../../model/calibration.ts'
import type { RunPlan } from '../../model/plan.ts'
import { formatCount, formatMillis } from '../format.ts'

/** `the generator was at 40 % of what it can do here (…)`, or how to find out. */
export function calibrationText(calibration: CalibrationShare | null, plan: RunPlan): string {
  if (calibration === null) {
    const obstacle = calibrationObstacle(plan)
    return obstacle === null ? `none: ${calibrationCommand(plan)}` : `none: ${obstacle}`
  }
  const { share, ceiling_ops_per_second, is_lower_bound, floor_p50_ms } = calibration
  const percent = `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
  return `the generator was at ${is_lower_bound ? 'most ' : ''}${percent} of what it can do here (${is_lower_bound ? 'at least ' : ''}${formatCount(ceiling_ops_per_second)} ops/s, from ${formatMillis(floor_p50_ms)} ms p50)`
}

/** The command that calibrates for the settings of a plan. */
function calibrationCommand({ profile, load, batch, target, values }: RunPlan): string {
  const flags = [
    `-w ${profile.name}`,
    `--threads ${load.threads}`,
    `--clients ${load.clients}`,
    ...(batch.kind === 'pipeline' ? [`--pipeline-size ${batch.size}`] : []),
    ...(batch.kind === 'transaction' ? [`--transaction-size ${batch.size}`] : []),
    ...(target.protocol === 3 ? [] : [`--protocol ${target.protocol}`]),
    `--value-size ${/^\w+$/.test(values.size) ? values.size : `'${values.size}'`}`,
  ]
  return `redis-test calibrate ${flags.join(' ')}`
}

const LIMITED: Readonly<Record<Calibration['limited_by'], string>> = {
  generator: 'limited by the generator',
  responder: 'limited by the null responder: the generator can do at least that',
  unknown: 'not clear whether by the generator or by the null responder: the generator can do at least that',
}

/** What a calibration found. */
export function renderTextCalibration(
  { machine, settings, floor, ...found }: Calibration,
  file: string,
): string {
  return `${[
    `machine       ${machine.cpu_model} · ${machine.cores} cores · Node.js ${machine.node_version} · redis-test ${machine.tool_version}`,
    `settings      ${Object.entries(settings)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(' · ')}`,
    `ceiling       ${formatCount(found.ceiling_ops_per_second)} ops/s in an open loop, ${LIMITED[found.limited_by]}`,
    `responder     ${formatCount(found.responder_ceiling_ops_per_second)} commands/s alone, with deep pipelines`,
    `floor         at ${formatCount(floor.at_ops_per_second)} ops/s: response p50 ${formatMillis(floor.response_p50_ms)} p99 ${formatMillis(floor.response_p99_ms)} ms · service p50 ${formatMillis(floor.service_p50_ms)} p99 ${formatMillis(floor.service_p99_ms)} ms`,
    `kept in       ${file}`,
  ].join('\n')}\n`
}
