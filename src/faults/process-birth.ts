import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** When a process started, in a form that no other process of the same number has; `undefined` when it is gone. */
export function processBirth(pid: number): string | undefined {
  try {
    // The name of the program, in parentheses, may hold anything; the 20th field after it is the start time.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return process.platform === 'linux' ? undefined : birthByPs(pid)
  }
}

function birthByPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}
