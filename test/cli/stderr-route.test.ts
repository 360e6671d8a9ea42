import { afterEach, expect, it } from 'vitest'
import { divertStderr, restoreStderr, writeToTerminal } from '../../src/cli/stderr-route.ts'

afterEach(() => restoreStderr())

it('takes whatever anybody writes to standard error, until it is given back', async () => {
  const terminal: string[] = []
  const taken: string[] = []
  const before = process.stderr.write
  process.stderr.write = (text: string | Uint8Array) => terminal.push(String(text)) > 0
  try {
    divertStderr((text) => taken.push(text))
    process.stderr.write(Buffer.from('bytes\n'))
    await new Promise<void>((resolve) => {
      process.stderr.write('of a library\n', () => resolve())
    })
    writeToTerminal('drawn')
    restoreStderr()
    restoreStderr()
    process.stderr.write('as ever\n')
    writeToTerminal('too')
  } finally {
    process.stderr.write = before
  }
  expect(taken).toEqual(['bytes\n', 'of a library\n'])
  expect(terminal).toEqual(['drawn', 'as ever\n', 'too'])
})
