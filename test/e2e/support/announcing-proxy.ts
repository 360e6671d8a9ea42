import { join } from 'node:path'
import { createToxiproxyClient } from '../../../src/faults/toxiproxy-client.ts'
import type { ToxicValue } from '../../../src/model/toxic.ts'
import { startProxyProcess } from '../../../src/proxy/start-proxy-process.ts'
import { ROOT } from './command-line.ts'
import type { TestServer } from './redis-server.ts'

/** Our fault proxy between a client and a real server, announcing maintenance as Redis Software does. */
export interface AnnouncingProxy {
  readonly port: number
  /** Sends a push frame to every connection. */
  announce(...values: readonly ToxicValue[]): Promise<void>
  close(): Promise<void>
}

export async function startAnnouncingProxy({ port }: TestServer): Promise<AnnouncingProxy> {
  const proxy = await startProxyProcess({
    seed: 1,
    proxies: [{ name: 'redis', upstream: `127.0.0.1:${port}` }],
    entry: join(ROOT, 'dist/proxy/main.js'),
  })
  const api = createToxiproxyClient(proxy.apiUrl)
  await api.addToxic('redis', { type: 'resp_maint_notifications' })
  return {
    port: Number(proxy.proxies[0]!.listen.split(':')[1]),
    announce: async (...values) => void (await api.push('redis', values)),
    close: () => proxy.stop(),
  }
}

/** Closes the load connections of a run, and no others; returns how many those were. */
export async function cutLoad(server: TestServer): Promise<number> {
  const client = server.client()
  const list = String(await client.call('CLIENT', 'LIST'))
  const ids = [...list.matchAll(/^id=(\d+) .*\bname=redis-test:\S*:\d+ /gm)].map(([, id]) => id!)
  for (const id of ids) await client.call('CLIENT', 'KILL', 'ID', id)
  return ids.length
}
