import { Argument, type Command, Option } from 'commander'
import { parseLiveFault } from '../../config/live-fault.ts'
import { UsageError } from '../../model/errors.ts'
import { FAULT_CATALOGUE, FAULT_KINDS } from '../../model/fault-catalogue.ts'
import type { FaultSpec } from '../../model/fault-catalogue/fault-spec.ts'
import type { FaultResult } from '../../model/fault-result.ts'
import { completeWith } from '../completions.ts'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

interface FaultOptions {
  readonly for?: string
  readonly on?: string
  readonly share?: string
  readonly run?: string
  readonly list?: true
  readonly json?: true
}

/** `redis-test fault KIND [name=value …]`: causes a fault in a run that is going on. */
export function addFaultCommand(program: Command, terminal: Terminal): void {
  program
    .command('fault')
    .description('Cause a fault in a run that is going on, or list the kinds')
    .addArgument(completeWith(new Argument('[kind]', 'see --list'), { kind: 'words', words: FAULT_KINDS }))
    .addArgument(new Argument('[parameters...]', 'name=value, as in a profile'))
    .addOption(new Option('--for <time>', 'How long it lasts'))
    .addOption(
      new Option('--on <servers>', 'Servers that it acts on: master, replicas, shard:0, host:port, …'),
    )
    .addOption(new Option('--share <share>', 'Share of the connections'))
    .addOption(
      new Option('--run <id>', 'The run, by its id or the beginning of it; needed when there are several'),
    )
    .addOption(new Option('--list', 'List the kinds of faults, and the runs that are going on'))
    .addOption(new Option('--json', 'Print what became of it as JSON'))
    .action(async (kind: string | undefined, parameters: string[], options: FaultOptions) => {
      const { askForFault, chooseRun, findRuns } = await import('../../app/ask-run.ts')
      if (options.list === true || kind === undefined) {
        terminal.stdout(listText(await findRuns(process.env)))
        return
      }
      const fault = { ...parametersOf(parameters), ...times(options), kind }
      // What is wrong with it is wrong without a run, too.
      parseLiveFault(fault)
      const run = chooseRun(await findRuns(process.env), options.run)
      const result = await askForFault(run, fault, (begun) => {
        if (options.json !== true) terminal.stdout(`${line(begun)}\n`)
      })
      terminal.stdout(
        options.json === true ? `${JSON.stringify(result, undefined, 2)}\n` : `${line(result)}\n`,
      )
      if (result.error !== null || result.reverted === false) terminal.exitCode = EXIT.internalError
    })
}

function times({ for: length, on, share }: FaultOptions): Record<string, string> {
  return {
    ...(length === undefined ? {} : { for: length }),
    ...(on === undefined ? {} : { on }),
    ...(share === undefined ? {} : { share }),
  }
}

function parametersOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const separator = text.indexOf('=')
      if (separator > 0) return [text.slice(0, separator), text.slice(separator + 1)]
      const hint = 'as in slots=16'
      throw new UsageError([{ path: text, message: 'a parameter is written name=value', hint }])
    }),
  )
}

/** `pause on 127.0.0.1:6379: CLIENT PAUSE 2000 ALL, over after 2.0 s`. */
function line({
  kind,
  nodes,
  detail,
  error,
  revert_error,
  at_ms,
  ended_at_ms,
  reverted,
}: FaultResult): string {
  const where = nodes.length === 0 ? '' : ` on ${nodes.join(', ')}`
  if (error !== null) return `${kind}${where} FAILED: ${error}`
  const over =
    ended_at_ms === null ? ', begun' : `, over after ${((ended_at_ms - at_ms) / 1000).toFixed(1)} s`
  const back =
    reverted === true ? ', taken back' : reverted === false ? `, NOT TAKEN BACK: ${revert_error}` : ''
  return `${kind}${where}: ${detail}${over}${back}`
}

/** Fits a usual terminal. */
const LINE = 100

function listText(
  runs: readonly { readonly run_id: string; readonly pid: number; readonly target: string }[],
): string {
  const widest = Math.max(...FAULT_KINDS.map((kind) => kind.length)) + 2
  const kinds = FAULT_KINDS.flatMap((kind) => {
    const spec: FaultSpec = FAULT_CATALOGUE[kind]
    const names = Object.entries(spec.parameters).map(([name, { required }]) =>
      required ? `${name}=…` : name,
    )
    const common = [...(spec.lasts === null ? [] : ['for']), ...(spec.on === null ? [] : ['on'])]
    const share = spec.takesShare ? ['share'] : []
    const parameters = wrapped([...names, ...common, ...share], LINE - widest)
    return [`${kind.padEnd(widest)}${spec.help}`, ...parameters.map((part) => ' '.repeat(widest) + part)]
  })
  const going = runs.map(({ run_id, pid, target }) => `run ${run_id} · ${target} · process ${pid}`)
  const lines = [...kinds, '']
  return `${[...lines, ...(going.length === 0 ? ['no run is going on'] : going)].join('\n')}\n`
}

/** Words in as many lines as they need. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
