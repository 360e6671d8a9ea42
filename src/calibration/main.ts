import { createInterface } from 'node:readline'
import { startNullResponder } from './null-responder.ts'
import type { ResponderOrders, ResponderReport } from './responder-process.ts'

/**
 * The null responder as a process of its own: reads what to answer from the first line of its standard input, says where
 * it listens, and ends with its input, which the death of whoever started it closes too.
 */
async function main(): Promise<void> {
  process.title = 'redis-test null responder'
  process.stdout.on('error', () => {})
  const lines = createInterface({ input: process.stdin })
  const ended = new Promise<void>((resolve) => lines.once('close', resolve))
  const orders = await new Promise<ResponderOrders | undefined>((resolve) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as ResponderOrders))
    lines.once('close', () => resolve(undefined))
  })
  if (orders === undefined) return
  const responder = await startNullResponder(orders.valueBytes)
  const report: ResponderReport = { port: responder.port }
  process.stdout.write(`${JSON.stringify(report)}\n`)
  await ended
  await responder.close()
}

await main()
