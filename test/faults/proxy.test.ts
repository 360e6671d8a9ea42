import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, vi } from 'vitest'
import { createRandom } from '../../src/model/random.ts'
import { fakeTarget } from '../support/fault-target.ts'
import { faultPlan } from '../support/faults.ts'

it('gives its toxics names that no other run gives, also in a container with the same process id', async () => {
  const names: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += String(chunk)))
    request.on('end', () => {
      if (request.method === 'POST') names.push((JSON.parse(body) as { readonly name: string }).name)
      response.end(JSON.stringify({ a: { name: 'a', upstream: '127.0.0.1:7000', listen: '127.0.0.1:1' } }))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  try {
    const toxiproxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const target = fakeTarget({ changes: { toxiproxy } })
    const params = { toxic: 'latency', stream: 'downstream', toxicity: 1, latency: 10 }
    for (let run = 0; run < 2; run++) {
      // Another run is another process: it has a module of its own.
      vi.resetModules()
      const { proxy } = await import('../../src/faults/proxy.ts')
      const fault = await proxy(target, faultPlan({ kind: 'proxy', params }), createRandom(1))
      await fault.act(new AbortController().signal)
    }
  } finally {
    server.close()
  }
  expect(names).toHaveLength(2)
  expect(names[0]).not.toBe(names[1])
})
