import type { ReadStream } from 'node:tty'
import { UsageError } from '../model/errors.ts'
import { withoutNewline } from '../config/password-file.ts'
import { EXIT } from './exit-codes.ts'
import type { GivenFlag } from './flags.ts'
import type { PlanOptions } from './plan-options.ts'

const LARGEST_PASSWORD_BYTES = 65_536
const ALTERNATIVES = 'use --password-file, --password-stdin or REDIS_PASSWORD'

/** The password from standard input or from the terminal, if one of them was asked for. */
export async function readPassword(
  { passwordStdin, askPassword }: PlanOptions,
  stderr: (text: string) => void,
): Promise<GivenFlag | undefined> {
  if (passwordStdin === true && askPassword === true)
    throw mistake('--ask-password', 'the password is on standard input already', 'give one of the two')
  if (passwordStdin === true) return { flag: '--password-stdin', input: await fromStdin() }
  if (askPassword !== true) return undefined
  if (!process.stdin.isTTY) throw mistake('--ask-password', 'there is no terminal to ask on', ALTERNATIVES)
  return { flag: '--ask-password', input: await fromTerminal(process.stdin, stderr) }
}

async function fromStdin(): Promise<string> {
  if (process.stdin.isTTY)
    throw mistake(
      '--password-stdin',
      'standard input is a terminal',
      'pipe the password in, or use --ask-password',
    )
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > LARGEST_PASSWORD_BYTES)
      throw mistake('--password-stdin', 'what comes is too long for a password', 'check what is piped in')
  }
  return checkPresent('--password-stdin', withoutNewline(text))
}

/** Nothing of it is shown, not even its length. */
async function fromTerminal(terminal: ReadStream, stderr: (text: string) => void): Promise<string> {
  // First: whoever is fast must not see the first letters.
  terminal.setRawMode(true)
  terminal.setEncoding('utf8')
  stderr('Redis password: ')
  try {
    return checkPresent('--ask-password', await typedLine(terminal))
  } finally {
    terminal.setRawMode(false)
    terminal.pause()
    stderr('\n')
  }
}

function typedLine(terminal: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = ''
    const end = (settle: () => void): void => {
      terminal.removeListener('data', read)
      settle()
    }
    const read = (chunk: string): void => {
      for (const character of chunk) {
        const action = actionOf(character)
        if (action === 'enter') return end(() => resolve(line))
        if (action === 'interrupt') return end(() => reject(new InputInterruptedError()))
        if (action === 'erase') line = Array.from(line).slice(0, -1).join('')
        else if (action === 'erase all') line = ''
        else line += character
      }
    }
    terminal.on('data', read)
  })
}

function actionOf(character: string): string | undefined {
  const actions: Readonly<Record<string, string>> = {
    '\r': 'enter',
    '\n': 'enter',
    '\u0004': 'enter',
    '\u0003': 'interrupt',
    '\u007F': 'erase',
    '\b': 'erase',
    '\u0015': 'erase all',
  }
  return actions[character]
}

/** Control-C at the prompt: in raw mode the terminal makes no signal of it. */
export class InputInterruptedError extends Error {
  readonly exitCode = EXIT.interruptedBySigint
}

function checkPresent(flag: string, password: string): string {
  if (password === '') throw mistake(flag, 'the password is empty', 'leave the flag out for none')
  return password
}

function mistake(path: string, message: string, hint: string): UsageError {
  return new UsageError([{ path, message, hint }])
}
