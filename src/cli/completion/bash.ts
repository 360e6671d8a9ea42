import { type CompletedCommand, type CompletedValue, flatten } from './command-tree.ts'

/**
 * A script for bash 3.2 (what macOS has) and newer; needs no package. It finds the command among the words before the
 * cursor, then offers what can follow: values of the flag before the cursor, flags, subcommands.
 */
export function bashScript(program: CompletedCommand, profiles: readonly string[]): string {
  const commands = flatten(program)
  const paths = commands.filter(({ path }) => path.length > 0).map(({ path }) => path.join(' '))
  return `# Completion of redis-test for bash. In ~/.bashrc: source <(redis-test completion bash)
_redis_test_values() {
  case "$1:$2" in
${commands.flatMap(flagCases).join('\n')}
  *) return 1 ;;
  esac
}

_redis_test_offer() {
  local kind=$1 word=$2 found
  COMPREPLY=()
  case $kind in
  path) while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -f -- "$word") ;;
  profile)
    while IFS= read -r found; do COMPREPLY+=("$found"); done < <(
      compgen -W ${quote(profiles.join(' '))} -- "$word"
      compgen -f -- "$word"
    ) ;;
  nothing) ;;
  *) while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -W "\${kind#words:}" -- "$word") ;;
  esac
  case $kind in path | profile) compopt -o filenames 2>/dev/null ;; esac
}

_redis_test() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command= i
  # --flag=value arrives as three words.
  if [[ $word == "=" ]]; then word=
  elif [[ $before == "=" ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${command:+$command }\${COMP_WORDS[i]}" in
    ${paths.map(quote).join(' | ')}) command="\${command:+$command }\${COMP_WORDS[i]}" ;;
    esac
  done
  if _redis_test_values "$command" "$before"; then
    _redis_test_offer "$REPLY" "$word"
    return
  fi
  case "$command" in
${commands.map(commandCase).join('\n')}
  esac
}

complete -F _redis_test redis-test
`
}

function flagCases({ path, options }: CompletedCommand): string[] {
  return options
    .filter(({ value }) => value !== undefined)
    .map(({ names, value }) => {
      const patterns = names.map((name) => quote(`${path.join(' ')}:${name}`))
      return `  ${patterns.join(' | ')}) REPLY=${quote(kindOf(value))} ;;`
    })
}

function commandCase({ path, subcommands, options, argument }: CompletedCommand): string {
  const flags = options.flatMap(({ names }) => names.filter((name) => name.startsWith('--')))
  const words = subcommands.map((sub) => sub.path.at(-1)!)
  const other = words.length > 0 ? `words:${words.join(' ')}` : kindOf(argument)
  return `  ${quote(path.join(' '))})
    if [[ $word == -* ]]; then _redis_test_offer ${quote(`words:${flags.join(' ')}`)} "$word"
    else _redis_test_offer ${quote(other)} "$word"
    fi ;;`
}

function kindOf(value: CompletedValue | undefined): string {
  const completion = value?.completion
  if (completion === undefined) return 'nothing'
  return completion.kind === 'words' ? `words:${completion.words.join(' ')}` : completion.kind
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
