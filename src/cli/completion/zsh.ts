import { type CompletedCommand, type CompletedOption, type CompletedValue, flatten } from './command-tree.ts'

/** A script for zsh: to be sourced after compinit, or put as `_redis-test` into a folder of $fpath. */
export function zshScript(program: CompletedCommand, profiles: readonly string[]): string {
  return `#compdef redis-test
# Completion of redis-test for zsh. In ~/.zshrc, after compinit: source <(redis-test completion zsh)

_redis_test_profiles() {
  _alternative ${quote(`profiles:profile:(${profiles.join(' ')})`)} 'files:file:_files -g "*.(yaml|yml|json)"'
}

${flatten(program).map(commandFunction).join('\n\n')}

if [ "$funcstack[1]" = "_redis-test" ]; then ${functionName(program)} "$@"; else compdef ${functionName(program)} redis-test; fi
`
}

function commandFunction(command: CompletedCommand): string {
  const specs = command.options.flatMap(optionSpecs)
  const { subcommands, argument } = command
  if (subcommands.length === 0) {
    const last = argument === undefined ? [] : [`:${escape(argument.name)}:${actionOf(argument)}`]
    return `${functionName(command)}() {
  _arguments -s -S ${[...specs, ...last].map((spec) => `\\\n    ${quote(spec)}`).join(' ')}
}`
  }
  const words = subcommands.map((sub) => quote(`${sub.path.at(-1)!}:${escape(sub.description)}`))
  return `${functionName(command)}() {
  local -a commands
  local line state
  commands=(${words.map((word) => `\n    ${word}`).join('')}
  )
  _arguments -C ${specs.map((spec) => `\\\n    ${quote(spec)}`).join(' ')} \\
    '1: :->command' '*:: :->rest'
  case $state in
  command) _describe command commands ;;
  rest)
    case $line[1] in
${subcommands.map((sub) => `    ${sub.path.at(-1)!}) ${functionName(sub)} ;;`).join('\n')}
    esac ;;
  esac
}`
}

function optionSpecs({ names, description, value }: CompletedOption): string[] {
  const tail = value === undefined ? '' : `:${escape(value.name)}:${actionOf(value)}`
  const others = names.length > 1 ? `(${names.join(' ')})` : ''
  return names.map((name) => {
    const assigned = value !== undefined && name.startsWith('--') ? '=' : ''
    return `${others}${name}${assigned}[${escape(description)}]${tail}`
  })
}

function actionOf({ completion }: CompletedValue): string {
  if (completion === undefined) return ' '
  if (completion.kind === 'words') return `(${completion.words.join(' ')})`
  return completion.kind === 'path' ? '_files' : '_redis_test_profiles'
}

function functionName({ path }: CompletedCommand): string {
  return ['_redis_test_command', ...path].join('_').replaceAll('-', '_')
}

function escape(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, String.raw`\$&`)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
