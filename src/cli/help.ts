import type { Command, Help, Option } from 'commander'
import { EXIT_CODE_HELP } from './exit-codes.ts'
import { SWITCH_VALUE } from './flags.ts'

/** Terms that are longer have their description on the next line, so that the others keep room for theirs. */
const WIDEST_TERM = 28
const INDENT = '  '
const LEAST_DESCRIPTION = 30

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  'redis-test': [
    'redis-test run --embedded-redis --duration 10s',
    'redis-test profiles list',
    'redis-test run --help',
  ],
  run: [
    'redis-test run --embedded-redis -w high_throughput --duration 10s',
    'redis-test run --host redis.example.net --tls --ask-password --target-ops-per-second 1000 --duration 5m',
    'redis-test run --operations SET,GET --operation-weights \'{"SET": 0.2, "GET": 0.8}\' --value-size 1000',
    'redis-test run -w ./mine.yaml --output-file result.json',
  ],
  capacity: [
    "redis-test capacity --slo 'p99 < 2ms' -w basic_rw --host redis.example.net",
    "redis-test capacity --embedded-redis --slo 'p99 < 1ms' --slo 'error_rate == 0' --step-duration 5s",
  ],
  calibrate: ['redis-test calibrate -w basic_rw --threads 2 --clients 20'],
  check: [
    'redis-test check --url rediss://redis.example.net:6380',
    'redis-test check --socket /run/redis.sock --json',
  ],
  compare: [
    'redis-test compare before.json after.json --fail-if "p99 > +10%"',
    'redis-test compare old=results/v1/ new=results/v2/ --html differences.html',
    'redis-test compare --baseline a1.json a2.json --candidate b1.json b2.json',
  ],
  history: [
    'redis-test history --results-dir results --profile basic_rw --since 7d',
    'redis-test history --results-dir results --trend p99',
  ],
  proxy: [
    'redis-test proxy --listen 127.0.0.1:7000 --upstream 127.0.0.1:6379',
    'redis-test proxy --listen 127.0.0.1:7000 --upstream redis-1:7001 --cluster',
  ],
  completion: [
    'source <(redis-test completion bash)                                        # in ~/.bashrc',
    'source <(redis-test completion zsh)                                         # in ~/.zshrc, after compinit',
    'redis-test completion fish > ~/.config/fish/completions/redis-test.fish',
  ],
}

/** Makes the help of a command readable on 80 columns and wider, and ends it with examples. */
export function makeHelpReadable(command: Command): void {
  command.configureHelp({ optionTerm, padWidth, formatItem })
  const examples = EXAMPLES[command.name()]
  if (examples !== undefined)
    command.addHelpText('after', `\nExamples:\n${examples.map((line) => `${INDENT}${line}`).join('\n')}`)
}

/** Every exit code, for the end of the help. */
export function exitCodeHelp(): string {
  return EXIT_CODE_HELP.map(([code, meaning]) => `${INDENT}${String(code).padEnd(4)} ${meaning}`).join('\n')
}

/** That a switch can be given a value is for those who have it in a script. */
function optionTerm(option: Option): string {
  return option.flags.replace(` ${SWITCH_VALUE}`, '')
}

function padWidth(this: Help, command: Command, helper: Help): number {
  const terms = [
    ...helper.visibleOptions(command).map((option) => helper.optionTerm(option)),
    ...helper.visibleCommands(command).map((sub) => helper.subcommandTerm(sub)),
    ...helper.visibleArguments(command).map((argument) => helper.argumentTerm(argument)),
  ]
  return Math.max(0, ...terms.map(({ length }) => length).filter((length) => length <= WIDEST_TERM))
}

function formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  if (description === '') return INDENT + term
  const column = INDENT.length + termWidth + INDENT.length
  const width = Math.max((helper.helpWidth ?? 80) - column, LEAST_DESCRIPTION)
  const lines = helper.boxWrap(description, width).split('\n')
  const rest = lines.map((line) => ' '.repeat(column) + line)
  if (term.length > termWidth) return [INDENT + term, ...rest].join('\n')
  return [INDENT + term.padEnd(termWidth) + INDENT + lines[0]!, ...rest.slice(1)].join('\n')
}
