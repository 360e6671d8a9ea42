import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { EXIT, EXIT_CODE_HELP } from '../../src/cli/exit-codes.ts'
import { addSettingFlags, collectFlags, type GivenFlag } from '../../src/cli/flags.ts'
import { SETTINGS } from '../../src/config/settings.ts'

function parse(...words: readonly string[]): Map<string, GivenFlag> {
  const command = new Command().exitOverride()
  addSettingFlags(command)
  command.parse(words, { from: 'user' })
  return collectFlags(command)
}

describe('flags', () => {
  it('give nothing when nothing is given', () => {
    expect(parse().size).toBe(0)
  })

  it.each(
    SETTINGS.flatMap(({ key, flags, kind }) => flags.map((flag) => [flag, key, kind.placeholder] as const)),
  )('%s sets %s', (flag, key, placeholder) => {
    const given = placeholder === '' ? parse(flag) : parse(flag, 'x')
    expect([...given]).toEqual([[key, { flag, input: placeholder === '' ? !flag.startsWith('--no-') : 'x' }]])
    if (placeholder !== '') return
    const name = `--no-${flag.slice(2)}`
    expect([...parse(name)]).toEqual([[key, { flag: name, input: false }]])
  })

  it('keeps words of the old names working', () => {
    expect(parse('--ssl', '--ssl-ca-certs', 'ca.pem').get('target.tls.ca_file')).toEqual({
      flag: '--ssl-ca-certs',
      input: 'ca.pem',
    })
  })

  it.each([
    [['--quiet', 'true'], { flag: '--quiet', input: 'true' }],
    [['--quiet', 'false'], { flag: '--quiet', input: 'false' }],
    [['--quiet', '--verify'], { flag: '--quiet', input: true }],
    [['--no-quiet'], { flag: '--no-quiet', input: false }],
  ])('%j: a switch may have a value', (words, given) => {
    expect(parse(...words).get('output.quiet')).toEqual(given)
  })

  it('shows each setting once in the help, in groups', () => {
    const command = new Command()
    addSettingFlags(command)
    const help = command.helpInformation()
    for (const { flags } of SETTINGS.filter((setting) => setting.flags.length > 0)) {
      const [first, ...others] = flags
      expect(help).toMatch(new RegExp(`  (${first}|--no-${first!.slice(2)})[ \\n]`))
      for (const other of others) expect(help).not.toContain(`  ${other} `)
    }
    for (const group of ['Target:', 'Client:', 'Load:', 'Metrics:', 'Output:'])
      expect(help).toContain(`\n${group}\n`)
  })
})

describe('exit codes', () => {
  it('are unique, and every one is explained', () => {
    const codes = Object.values(EXIT)
    expect(new Set(codes).size).toBe(codes.length)
    expect(new Set(EXIT_CODE_HELP.map(([code]) => code))).toEqual(new Set(codes))
    expect(EXIT_CODE_HELP).toHaveLength(codes.length)
  })
})
