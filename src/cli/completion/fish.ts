import { type CompletedCommand, type CompletedOption, type CompletedValue, flatten } from './command-tree.ts'

/** A script for fish: one `complete` line for each thing that can be offered. */
export function fishScript(program: CompletedCommand, profiles: readonly string[]): string {
  return `# Completion of redis-test for fish: redis-test completion fish > ~/.config/fish/completions/redis-test.fish
function __redis_test_profiles
    printf '%s\\n' ${profiles.join(' ')}
    __fish_complete_suffix .yaml
end

# Whether the words so far are those of a command, given as its words; "then" is what comes next on the line.
function __redis_test_at
    set -l words (commandline -opc)[2..-1]
    set -l plain
    for word in $words
        string match -q -- '-*' $word; or set -a plain $word
    end
    set -l path $argv
    test (count $path) -eq 0; and test (count $plain) -eq 0; and return 0
    test (count $path) -gt 0; and test "$plain[1..$(count $path)]" = "$path"
end

complete -c redis-test -f
${flatten(program).flatMap(commandLines).join('\n')}
`
}

function commandLines(command: CompletedCommand): string[] {
  const { path, subcommands, options, argument } = command
  const condition = `-n ${quote(`__redis_test_at ${path.join(' ')}`.trim())}`
  const names = subcommands.map((sub) => sub.path.at(-1)!)
  const isUndecided = `-n ${quote(`__redis_test_at ${path.join(' ')}; and not __fish_seen_subcommand_from ${names.join(' ')}`)}`
  return [
    ...subcommands.map(
      (sub) => `complete -c redis-test ${isUndecided} -a ${sub.path.at(-1)!} -d ${quote(sub.description)}`,
    ),
    ...options.map((option) => `complete -c redis-test ${condition} ${optionPart(option)}`),
    ...(argument === undefined ? [] : [`complete -c redis-test ${condition} ${valuePart(argument)}`]),
  ]
}

function optionPart({ names, description, value }: CompletedOption): string {
  const spelled = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const taken = value === undefined ? '' : ` -r ${valuePart(value)}`
  return `${spelled.join(' ')}${taken} -d ${quote(description)}`
}

function valuePart({ completion }: CompletedValue): string {
  if (completion === undefined) return '-f'
  if (completion.kind === 'words') return `-f -a ${quote(completion.words.join(' '))}`
  return completion.kind === 'path' ? '-F' : `-f -a ${quote('(__redis_test_profiles)')}`
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
}
