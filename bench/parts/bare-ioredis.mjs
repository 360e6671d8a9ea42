// What an application gets from ioredis itself: loops that await each command, or its own pipeline().
// Half SET, half GET, 100-byte values, 10,000 keys. Prints {ops, seconds, cpuMicros} as JSON.
import { Redis } from 'ioredis'

const { port, connections, inFlight, batch, warmupSeconds, seconds } = JSON.parse(process.argv[2])
const clients = Array.from({ length: connections }, () => new Redis(port))
await Promise.all(clients.map((client) => client.ping()))
const value = 'x'.repeat(100)
const keys = Array.from({ length: 10_000 }, (_, index) => `bench-bare:${index}`)
let ops = 0
let turn = 0
let isOver = false

async function loop(client) {
  while (!isOver) {
    const key = keys[turn++ % keys.length]
    await (turn & 1 ? client.set(key, value) : client.get(key))
    ops++
  }
}

async function pipelines(client) {
  while (!isOver) {
    const pipeline = client.pipeline()
    for (let index = 0; index < batch; index++) {
      const key = keys[turn++ % keys.length]
      if (turn & 1) pipeline.set(key, value)
      else pipeline.get(key)
    }
    await pipeline.exec()
    ops += batch
  }
}

const units = Array.from({ length: inFlight }, (_, index) => clients[index % connections])
const done = units.map((client) => (batch > 1 ? pipelines(client) : loop(client)))
await new Promise((resolve) => setTimeout(resolve, warmupSeconds * 1000))
const before = { ops, at: performance.now(), cpu: process.cpuUsage() }
await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
const cpu = process.cpuUsage(before.cpu)
const measured = { ops: ops - before.ops, seconds: (performance.now() - before.at) / 1000 }
console.log(JSON.stringify({ ...measured, cpuMicros: cpu.user + cpu.system }))
isOver = true
await Promise.all(done)
await clients[0].unlink(...keys)
for (const client of clients) client.disconnect()
