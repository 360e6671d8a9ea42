import { execFile } from 'node:child_process'
import { parseAddress } from '../model/address.ts'

const LIMIT_MILLIS = 30_000
const LONGEST_REASON = 200

/** The words of a command with the server in them. */
export function commandFor(argv: readonly string[], address: string): string[] {
  const { host, port } = parseAddress(address) ?? { host: '', port: 0 }
  return argv.map((word) =>
    word.replaceAll('{address}', address).replaceAll('{host}', host).replaceAll('{port}', String(port)),
  )
}

/** Runs a program with its arguments, without a shell. Rejects with its last line when it fails or takes too long. */
export function runCommand([program = '', ...args]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: LIMIT_MILLIS, maxBuffer: 2 ** 20 }, (error, stdout, stderr) => {
      if (error === null) {
        resolve()
        return
      }
      const said = `${stderr}\n${stdout}`.trim().split('\n').at(-1) ?? ''
      const reason = error.killed === true ? 'took too long' : `ended with ${String(error.code)}`
      reject(new Error(`${program} ${reason}${said === '' ? '' : `: ${said.slice(0, LONGEST_REASON)}`}`))
    }).stdin?.end()
  })
}
