import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../../support/find-program.ts'

export const OPENSSL = findProgram('openssl')

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A certificate authority of a test, and what it signs: files in PEM. */
export interface Authority {
  readonly ca: string
  /** For 127.0.0.1 and the given name. `days`: 0 for one that is over already. */
  sign(name: string, days?: number): Certificate
}

/** Made by the command `openssl`; only where {@link OPENSSL} is there. */
export function createAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true })
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => {
    execFileSync(OPENSSL!, args, { stdio: 'pipe' })
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const ca = at('ca.pem')
  openssl(
    ...['req', '-x509', ...key, '-keyout', at('ca.key'), '-out', ca, '-days', '2', '-subj', '/CN=authority'],
  )
  return {
    ca,
    sign(name, days = 2) {
      const made = { cert: at(`${name}.pem`), key: at(`${name}.key`) }
      const extensions = at(`${name}.ext`)
      writeFileSync(extensions, `subjectAltName=DNS:${name},IP:127.0.0.1\n`)
      openssl(...['req', ...key, '-keyout', made.key, '-out', at(`${name}.csr`), '-subj', `/CN=${name}`])
      openssl(
        ...['x509', '-req', '-in', at(`${name}.csr`), '-CA', ca, '-CAkey', at('ca.key'), '-CAcreateserial'],
        ...['-out', made.cert, '-days', String(days), '-extfile', extensions],
      )
      return made
    },
  }
}
