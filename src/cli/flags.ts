import { type Command, Option } from 'commander'
import { SETTINGS, type Setting } from '../config/settings.ts'

/** What the user typed for one setting. */
export interface GivenFlag {
  readonly flag: string
  readonly input: string | boolean
}

/** Adds a flag for each setting: the first of its names is shown in `--help`, the others are accepted as well. */
export function addSettingFlags(command: Command, settings: readonly Setting[] = SETTINGS): void {
  for (const setting of settings) for (const option of optionsOf(setting)) command.addOption(option)
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
  const option = new Option(`${flag} ${setting.kind.placeholder}`, describe(setting))
  if (setting.repeatable === true)
    option.argParser((input: string, before?: string) =>
      before === undefined ? input : `${before};${input}`,
    )
  return option.hideHelp(!isShown).helpGroup(`${setting.group}:`)
}

/** Both `--x` and `--no-x`; help shows the one that changes something. */
function toggleOptions(setting: Setting, flag: string, isShown: boolean): Option[] {
  const isOn = setting.default === true
  const name = flag.replace(/^--/, '')
  return [
    new Option(`--${name}`, describe(setting)).hideHelp(!isShown || isOn).helpGroup(`${setting.group}:`),
    new Option(`--no-${name}`, `Not: ${describe(setting)}`)
      .hideHelp(!isShown || !isOn)
      .helpGroup(`${setting.group}:`),
  ]
}

function describe({ help, env, default: value }: Setting): string {
  const shown = value === null || typeof value === 'boolean' ? [] : [`default ${JSON.stringify(value)}`]
  const notes = [...env.slice(0, 1), ...shown]
  return notes.length === 0 ? help : `${help} (${notes.join(', ')})`
}
