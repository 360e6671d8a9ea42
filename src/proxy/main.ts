import { createInterface } from 'node:readline'
import type { ProxyOrders, ProxyReport } from './process-message.ts'
import { type ProxyServer, startProxyServer } from './proxy-server.ts'

/**
 * The proxy as a process of its own: it reads what to do from the first line of its standard input, says on its standard
 * output where it listens, and ends with its input, which the death of whoever started it closes too.
 */
async function main(): Promise<void> {
  process.title = 'redis-test proxy'
  const report = (line: ProxyReport): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
  process.stdout.on('error', () => {})
  let server: ProxyServer | undefined
  let isOver = false
  const lines = createInterface({ input: process.stdin })
  lines.once('close', () => {
    isOver = true
    void server?.stop()
  })
  const orders = await new Promise<ProxyOrders | undefined>((resolve) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as ProxyOrders))
    lines.once('close', () => resolve(undefined))
  })
  if (orders === undefined) return
  try {
    server = await startProxyServer(orders)
  } catch (error) {
    report({ error: error instanceof Error ? error.message : String(error) })
    process.exitCode = 1
    lines.close()
    process.stdin.destroy()
    return
  }
  if (isOver) await server.stop()
  else report({ apiUrl: server.apiUrl, proxies: server.proxies })
}

await main()
