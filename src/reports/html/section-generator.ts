import type { MachineFacts } from '../../model/machine.ts'
import type { RunResult } from '../../model/result.ts'
import { calibrationText } from '../capacity/text-calibration.ts'
import { formatCount, formatMillis } from '../format.ts'
import { figuresAt } from './figures.ts'
import { html, type Content, type Markup } from './markup.ts'
import type { SectionContext } from './sections.ts'
import { facts } from './table.ts'

/** Whether the numbers are those of Redis, or of this tool. */
export function generatorSection(result: RunResult, context: SectionContext): Markup {
  const { warnings } = result.generator
  return html`<p class="${warnings.length === 0 ? 'good' : 'bad'}">
      ${warnings.length === 0 ? 'The generator kept up: nothing says that it shaped the numbers.' : `Not only Redis shaped these numbers: ${warnings.join('; ')}.`}
    </p>
    ${facts([...generatorFacts(result)])}${figuresAt('generator', context)}`
}

function* generatorFacts({
  generator,
  load_model,
  machine,
  plan,
  run_end,
}: RunResult): Generator<readonly [string, Content]> {
  const { start_lag: lag, loop_delay: delay, gc_pause: gc } = generator
  if (load_model === 'open')
    yield [
      'Start lag',
      `p50 ${formatMillis(lag.p50_ms)} · p99 ${formatMillis(lag.p99_ms)} · max ${formatMillis(lag.max_ms)} ms`,
    ]
  yield [
    'Loop delay',
    `p50 ${formatMillis(delay.p50_ms)} · p99 ${formatMillis(delay.p99_ms)} · max ${formatMillis(delay.max_ms)} ms`,
  ]
  yield ['Garbage collection', `max ${formatMillis(gc.max_ms)} ms (${formatCount(gc.count)})`]
  yield [
    'Load threads',
    `${formatCount(generator.threads)}, ${generator.cpu_cores.toFixed(2)} cores together`,
  ]
  if (load_model === 'open') yield ['Pacing', generator.pacing]
  if (load_model === 'open')
    yield ['Calibration', calibrationText(generator.calibration ?? null, plan, run_end)]
  if (machine !== undefined) yield ['Machine', describeMachine(machine)]
  yield ['Late replies', formatCount(generator.late_replies)]
  const troubles = {
    'Internal errors': generator.internal_errors,
    'Kept commands left out': generator.kept_commands_dropped,
    'Failed exports': generator.telemetry_exports_failed,
    'Failed journal lines': generator.journal_failures,
  }
  for (const [name, count] of Object.entries(troubles)) if (count > 0) yield [name, formatCount(count)]
}

function describeMachine({ cpu, cpu_count, memory_gib, os, arch, node }: MachineFacts): string {
  return `${cpu_count} × ${cpu}, ${memory_gib} GiB, ${os} ${arch}, Node.js ${node}`
}
