import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionOptions, createSecureContext, type SecureVersion } from 'node:tls'
import { systemReason, UsageError } from '../model/errors.ts'
import type { Secrets, TargetPlan, TlsPlan } from '../model/plan.ts'

/** Below TLS 1.2, OpenSSL 3 offers no cipher at its default level of security. */
const CIPHERS_OF_OLD_VERSIONS = 'DEFAULT@SECLEVEL=0'

/** How a connection speaks TLS; without a host, to whatever host it goes. What the files do not hold, or OpenSSL does not know, is a {@link UsageError}. */
export function tlsOptions(target: TargetPlan, secrets: Secrets): ConnectionOptions {
  const { tls } = target
  const serverName = tls.server_name ?? (target.host === '' || isIpAddress(target.host) ? null : target.host)
  const ciphers = tls.ciphers ?? (tls.min_version < '1.2' ? CIPHERS_OF_OLD_VERSIONS : null)
  const options: ConnectionOptions = {
    minVersion: versionOf(tls),
    rejectUnauthorized: tls.verify,
    ...(serverName === null ? {} : { servername: serverName }),
    ...(tls.check_hostname ? {} : { checkServerIdentity: () => undefined }),
    ...(ciphers === null ? {} : { ciphers }),
    ...readCertificates(tls),
    ...(secrets.tlsKeyPassphrase === null ? {} : { passphrase: secrets.tlsKeyPassphrase }),
  }
  check(options)
  return options
}

function versionOf({ min_version }: TlsPlan): SecureVersion {
  return min_version === '1.0' ? 'TLSv1' : `TLSv${min_version}`
}

/** Finds out now what would otherwise fail in the first handshake, and names the setting. */
function check({ cert, key, passphrase, ciphers }: ConnectionOptions): void {
  const parts: readonly (readonly [path: string, hint: string, part: ConnectionOptions])[] = [
    ['target.tls.ciphers', 'give names that OpenSSL knows, with colons in between', { ciphers }],
    ['target.tls.cert_file', 'give a certificate in PEM', { cert }],
    [
      'target.tls.key_file',
      'give the private key of the certificate in PEM, and its passphrase in REDIS_TLS_KEY_PASSPHRASE if it has one',
      { cert, key, passphrase },
    ],
  ]
  for (const [path, hint, part] of parts) {
    if (Object.values(part).every((value) => value === undefined)) continue
    try {
      createSecureContext(part)
    } catch (error) {
      const message = `OpenSSL does not take it: ${reasonOf(error)}`
      throw new UsageError([{ path, message, hint }])
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error
    ? error.message.split('\n')[0]!.replace(/^error:[0-9A-F]+:/, '')
    : String(error)
}

function readCertificates(tls: TlsPlan): Pick<ConnectionOptions, 'ca' | 'cert' | 'key'> {
  const ca = [
    ...(tls.ca_file === null ? [] : [readAuthority(tls.ca_file)]),
    ...(tls.ca_path === null ? [] : readFolder(tls.ca_path)),
    ...(tls.ca_data === null ? [] : [checkAuthority('target.tls.ca_data', 'the text', tls.ca_data)]),
  ]
  return {
    ...(ca.length === 0 ? {} : { ca }),
    ...(tls.cert_file === null ? {} : { cert: readPem('target.tls.cert_file', tls.cert_file) }),
    ...(tls.key_file === null ? {} : { key: readPem('target.tls.key_file', tls.key_file) }),
  }
}

function readAuthority(file: string): string {
  const path = 'target.tls.ca_file'
  return checkAuthority(path, file, readPem(path, file).toString())
}

/** Node passes over what is no certificate, and then trusts nobody. */
function checkAuthority(path: string, where: string, text: string): string {
  if (isCertificate(text)) return text
  throw new UsageError([
    { path, message: `${where} holds no certificate that can be read`, hint: 'give certificates in PEM' },
  ])
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).fingerprint256 !== ''
  } catch {
    return false
  }
}

function readPem(path: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw cannotRead(path, file, error, 'give the path of a PEM file')
  }
}

/** Every certificate in the files of a folder; what holds none (keys, notes) is passed over. */
function readFolder(folder: string): string[] {
  const path = 'target.tls.ca_path'
  const found = filesIn(folder)
    .map((file) => readPem(path, file).toString())
    .filter((text) => /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(text))
  if (found.length > 0) return found
  throw new UsageError([
    { path, message: `there is no certificate in ${folder}`, hint: 'give a folder of PEM files' },
  ])
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => join(folder, entry.name))
  } catch (error) {
    throw cannotRead('target.tls.ca_path', folder, error, 'give the path of a folder')
  }
}

function cannotRead(path: string, file: string, error: unknown, hint: string): UsageError {
  return new UsageError([{ path, message: `cannot read ${file}: ${systemReason(error)}`, hint }])
}

function isIpAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':')
}
