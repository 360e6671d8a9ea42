import type { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { addSettingFlags, type GivenFlag } from '../flags.ts'
import { addProfileOption, addSourceOptions } from '../plan-options.ts'
import type { Terminal } from '../terminal.ts'
import { planFromOptions } from './plan-from-options.ts'
import { openSearch, settingsOfSearch } from './search-parts.ts'

/** Of the settings of a run those that decide what the generator can do. */
const GROUPS = new Set(['Load', 'Workload', 'Client', 'Log'])
const OTHERS = new Set(['target.protocol', 'output.quiet', 'target.tls.enabled'])
const STEP_MILLIS = 3000

/** `redis-test calibrate`: what the generator can do on this machine. */
export function addCalibrateCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('calibrate')
    .description(
      'Measure what this tool can do on this machine, against a responder that costs next to nothing',
    )
    .option('--json', 'Print the figures as JSON')
  addProfileOption(command)
  addSettingFlags(
    command,
    settingsOfSearch([]).filter(({ key, group }) => GROUPS.has(group) || OTHERS.has(key)),
  )
  addSourceOptions(command)
  command.action(async ({ json }: { json?: true }) => {
    const planned = await planFromOptions(command, terminal, openLoop())
    const { parts, signal } = await openSearch(planned.built, planned, terminal)
    const { calibrate } = await import('../../app/capacity/calibrate.ts')
    const { showSearch } = await import('../../app/capacity/show-search.ts')
    const { renderTextCalibration } = await import('../../app/capacity/calibration.ts')
    const display = showSearch({
      stderr: terminal.stderr,
      columns: process.stderr.isTTY ? process.stderr.columns : undefined,
      isQuiet: planned.built.plan.output.quiet,
      stepMillis: STEP_MILLIS,
    })
    const done = await calibrate({ ...parts, listener: display }).finally(() => display.close())
    if (done === null) {
      terminal.exitCode = signal() ?? EXIT.internalError
      return
    }
    terminal.stdout(
      json === true
        ? `${JSON.stringify(done.calibration, undefined, 2)}\n`
        : renderTextCalibration(done.calibration, done.file),
    )
  })
}

/** The rates are those of the search. */
function openLoop(): Map<string, GivenFlag> {
  return new Map([
    ['load.target_ops_per_second', { flag: 'calibrate', input: '1000' }],
    ['load.duration', { flag: 'calibrate', input: '2s' }],
  ])
}
