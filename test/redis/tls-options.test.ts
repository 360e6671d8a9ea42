import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type TlsOptions } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TlsPlan } from '../../src/model/plan.ts'
import { tlsOptions } from '../../src/redis/tls-options.ts'
import { planOf } from '../support/plan.ts'
import { problemsOf } from '../support/problems.ts'

const folder = mkdtempSync(join(tmpdir(), 'tls-options-'))
let pem: { readonly cert: string; readonly private: string }
let stranger: string
const servers: Server[] = []
beforeAll(async () => {
  const extensions = [
    { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'redis.test' }] },
  ]
  pem = await generate([{ name: 'commonName', value: 'redis.test' }], { keySize: 2048, extensions })
  stranger = (await generate([{ name: 'commonName', value: 'stranger' }], { keySize: 2048 })).cert
})
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true })
})

const optionsOf = (
  tls: Partial<TlsPlan>,
  passphrase: string | null = null,
): ReturnType<typeof tlsOptions> => {
  const { target } = planOf().plan
  return tlsOptions(
    { ...target, tls: { ...target.tls, enabled: true, ...tls } },
    { password: null, sentinelPassword: null, tlsKeyPassphrase: passphrase },
  )
}

async function listen(options: TlsOptions): Promise<number> {
  const server = createServer({ cert: pem.cert, key: pem.private, ...options }, (socket) =>
    socket.on('error', () => {}),
  )
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** What a handshake comes to: version and cipher, or the code of the error. */
function handshake(port: number, tls: Partial<TlsPlan>): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ...optionsOf({ ca_data: pem.cert, ...tls }) }, () => {
      resolve(`${String(socket.getProtocol())} ${socket.getCipher().name}`)
      socket.destroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

describe('a handshake', () => {
  it('verifies the host, unless told not to', async () => {
    const port = await listen({})
    expect(await handshake(port, {})).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await handshake(port, { check_hostname: false })).toMatch(/^TLSv1\.3 /)
    expect(await handshake(port, { server_name: 'redis.test' })).toMatch(/^TLSv1\.3 /)
    expect(await handshake(port, { check_hostname: false, ca_data: stranger })).toBe(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    )
    expect(await handshake(port, { verify: false, ca_data: null })).toMatch(/^TLSv1\.3 /)
  })

  it('keeps to the oldest version', async () => {
    const old = { check_hostname: false, min_version: '1.0' } as const
    const oldest = await listen({ minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })
    expect(await handshake(oldest, { check_hostname: false })).toMatch(
      /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/,
    )
    expect(await handshake(oldest, old)).toMatch(/^TLSv1 /)
    const port = await listen({ maxVersion: 'TLSv1.2' })
    expect(await handshake(port, { check_hostname: false, min_version: '1.3' })).toMatch(/PROTOCOL_VERSION/)
    expect(await handshake(port, { check_hostname: false })).toMatch(/^TLSv1\.2 /)
  })

  it('offers the ciphers it is told to', async () => {
    const port = await listen({ maxVersion: 'TLSv1.2' })
    const ciphers = 'ECDHE-RSA-AES256-GCM-SHA384'
    expect(await handshake(port, { check_hostname: false, ciphers })).toBe(`TLSv1.2 ${ciphers}`)
  })
})

describe('authorities', () => {
  it('come from a file, from a folder and from text, all together', () => {
    const many = join(folder, 'many')
    mkdirSync(join(many, 'below'), { recursive: true })
    writeFileSync(join(many, 'a.pem'), pem.cert)
    writeFileSync(join(many, '5d2a.0'), stranger)
    writeFileSync(join(many, 'README'), 'no certificate')
    writeFileSync(join(folder, 'ca.pem'), pem.cert)
    const { ca } = optionsOf({ ca_file: join(folder, 'ca.pem'), ca_path: many, ca_data: stranger })
    expect(ca).toHaveLength(4)
    expect(ca).toEqual(expect.arrayContaining([pem.cert, stranger]))
    expect(optionsOf({}).ca).toBeUndefined()
  })

  it.each<[Partial<TlsPlan>, string]>([
    [{ ca_file: '/nowhere/ca.pem' }, 'target.tls.ca_file: cannot read /nowhere/ca.pem: ENOENT'],
    [{ ca_path: '/nowhere' }, 'target.tls.ca_path: cannot read /nowhere: ENOENT'],
    [{ ca_path: '{folder}/empty' }, 'target.tls.ca_path: there is no certificate in'],
    [{ ca_file: '{folder}/junk' }, 'junk holds no certificate that can be read'],
    [{ ca_data: '-----BEGIN CERTIFICATE-----\nx' }, 'target.tls.ca_data: the text holds no certificate'],
    [{ ciphers: 'NO-SUCH-CIPHER' }, 'target.tls.ciphers: OpenSSL does not take it: '],
    [
      { cert_file: '{folder}/junk', key_file: '{folder}/junk' },
      'target.tls.cert_file: OpenSSL does not take it: ',
    ],
    [
      { cert_file: '{folder}/cert', key_file: '{folder}/junk' },
      'target.tls.key_file: OpenSSL does not take it: ',
    ],
  ])('%j is a mistake', (tls, message) => {
    mkdirSync(join(folder, 'empty'), { recursive: true })
    writeFileSync(join(folder, 'junk'), 'junk')
    writeFileSync(join(folder, 'cert'), pem.cert)
    const filled = Object.fromEntries(
      Object.entries(tls).map(([key, value]) => [key, String(value).replace('{folder}', folder)]),
    )
    const problems = problemsOf(() => optionsOf(filled))
    expect(problems).toEqual([expect.stringContaining(message)])
  })
})
