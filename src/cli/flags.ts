import { type Command, Option } from 'commander'
import { SETTINGS, type Setting } from '../config/settings.ts'
import { completeWith } from './completions.ts'

/** What the user typed for one setting. */
export interface GivenFlag {
  readonly flag: string
  readonly input: string | boolean
}

/** Heading of the flags that most people need. */
export const MOST_USED = 'Most used:'

/** Settings under that heading, in this order. */
const MOST_USED_KEYS = [
  'target.host',
  'target.port',
  'target.url',
  'target.embedded',
  'target.tls.enabled',
  'load.target_ops_per_second',
  'load.duration',
  'load.clients',
  'load.threads',
  'values.size',
  'workload.operations',
  'output.file',
]

const GROUPS_IN_HELP: readonly Setting['group'][] = [
  'Load',
  'Workload',
  'Thresholds',
  'Safety',
  'Target',
  'Topology',
  'TLS',
  'Client',
  'Safety',
  'Output',
  'Metrics',
  'OpenTelemetry',
  'Profiling',
  'Identity',
  'Log',
]

/** What stands after a switch that is given a value all the same: `--quiet true`. */
export const SWITCH_VALUE = '[true|false]'

const LONGEST_PLACEHOLDER = 20

/** Adds a flag for each setting: the first of its names is shown in `--help`, the others are accepted as well. */
export function addSettingFlags(command: Command, settings: readonly Setting[] = SETTINGS): void {
  for (const setting of settings.toSorted((a, b) => rankInHelp(a) - rankInHelp(b)))
    for (const option of optionsOf(setting)) command.addOption(option)
}

/** The settings that the user gave on the command line. When two names of one setting are given, the last name wins. */
export function collectFlags(command: Command): Map<string, GivenFlag> {
  const given = new Map<string, GivenFlag>()
  for (const setting of SETTINGS) {
    for (const option of optionsOf(setting)) {
      const attribute = option.attributeName()
      if (command.getOptionValueSource(attribute) !== 'cli') continue
      const input = command.getOptionValue(attribute) as string | boolean
      const name = (option.long ?? '').replace(/^--(no-)?/, '')
      given.set(setting.key, { flag: input === false ? `--no-${name}` : `--${name}`, input })
    }
  }
  return given
}

function rankInHelp({ key, group }: Setting): number {
  const position = MOST_USED_KEYS.indexOf(key)
  if (position >= 0) return position
  const place = GROUPS_IN_HELP.indexOf(group)
  return MOST_USED_KEYS.length + (place < 0 ? GROUPS_IN_HELP.length : place)
}

function optionsOf(setting: Setting): Option[] {
  return setting.flags.flatMap((flag, index) => {
    const isShown = index === 0
    return isToggle(setting) ? toggleOptions(setting, flag, isShown) : [valueOption(setting, flag, isShown)]
  })
}

function isToggle(setting: Setting): boolean {
  return setting.kind.placeholder === ''
}

function valueOption(setting: Setting, flag: string, isShown: boolean): Option {
  const { placeholder, choices, isPath } = setting.kind
  const shown = placeholder.length > LONGEST_PLACEHOLDER ? '<word>' : placeholder
  const option = new Option(`${flag} ${shown}`, describe(setting))
    .hideHelp(!isShown)
    .helpGroup(heading(setting))
  if (setting.repeatable === true)
    option.argParser((input: string, before?: string) =>
      before === undefined ? input : `${before};${input}`,
    )
  if (isPath === true) return completeWith(option, { kind: 'path' })
  return choices === undefined ? option : completeWith(option, { kind: 'words', words: choices })
}

/** Both `--x` and `--no-x`; help shows the one that changes something. `--x true` and `--x false` work, too. */
function toggleOptions(setting: Setting, flag: string, isShown: boolean): Option[] {
  const isOn = setting.default === true
  const name = flag.replace(/^--/, '')
  return [
    new Option(`--${name} ${SWITCH_VALUE}`, describe(setting))
      .hideHelp(!isShown || isOn)
      .helpGroup(heading(setting)),
    new Option(`--no-${name}`, `Not: ${describe(setting)}`)
      .hideHelp(!isShown || !isOn)
      .helpGroup(heading(setting)),
  ]
}

function heading({ key, group }: Setting): string {
  return MOST_USED_KEYS.includes(key) ? MOST_USED : `${group}:`
}

function describe({ help, env, kind, default: value }: Setting): string {
  const isLong = kind.placeholder.length > LONGEST_PLACEHOLDER
  const choices = isLong && kind.choices !== undefined ? [kind.choices.join(' | ')] : []
  const shown = value === null || typeof value === 'boolean' ? [] : [`default ${written(kind, value)}`]
  const notes = [...choices, ...env.slice(0, 1), ...shown]
  return notes.length === 0 ? help : `${help} (${notes.join(', ')})`
}

/** `1s` for 1000 ms, as a person would type it. */
function written(kind: Setting['kind'], value: unknown): string {
  const text = String(kind.write?.(value) ?? value)
  return text.replace(/^(\d+)000ms$/, '$1s')
}
