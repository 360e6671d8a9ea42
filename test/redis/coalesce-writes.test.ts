import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { coalesceWrites } from '../../src/redis/coalesce-writes.ts'

let server: Server
let accepted: Promise<Socket>
let client: Socket
let writes: string[]

beforeEach(async () => {
  server = createServer()
  accepted = once(server, 'connection').then(([socket]: Socket[]) => socket!)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(client, 'connect')
  // Sees what reaches the socket below the coalescing.
  writes = []
  const write = client.write.bind(client)
  client.write = (chunk: string | Uint8Array, ...rest: []) => {
    writes.push(String(chunk))
    return write(chunk, ...rest)
  }
  coalesceWrites(client)
})
afterEach(() => {
  client.destroy()
  server.close()
})

/** Everything the server receives until the client ends. */
async function received(): Promise<string> {
  const chunks: Buffer[] = []
  const socket = await accepted
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'end')
  return Buffer.concat(chunks).toString()
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('coalesceWrites', () => {
  it('joins the writes of one tick, in order', async () => {
    for (const text of ['a', 'b☃', 'c']) client.write(text)
    expect(writes).toEqual([])
    await nextTurn()
    client.write('d')
    await nextTurn()
    expect(writes).toEqual(['ab☃c', 'd'])
    client.end()
    expect(await received()).toBe('ab☃cd')
  })

  it('keeps the order with Buffers, encodings and callbacks', async () => {
    client.write('1')
    client.write(Buffer.from('2'))
    client.write('3')
    client.write('34', 'hex')
    client.write('5')
    await new Promise((resolve) => {
      client.write('6', resolve)
    })
    client.end()
    expect(await received()).toBe('123456')
  })

  it('loses nothing when the socket is ended in the same tick', async () => {
    client.write('last words')
    client.end()
    expect(await received()).toBe('last words')
  })

  it('drops what is pending with the socket', async () => {
    client.write('never sent')
    client.destroy()
    await once(client, 'close')
    await nextTurn()
    expect(writes).toEqual([])
  })

  it('hands large texts on at once', () => {
    const large = 'x'.repeat(70_000)
    client.write(large)
    expect(writes).toEqual([large])
  })

  it('holds back while the socket is full, and loses nothing', async () => {
    const socket = await accepted
    socket.pause()
    const piece = 'y'.repeat(64 * 1024)
    let pieces = 0
    while (client.write(piece)) pieces++
    const whenFull = writes.length
    for (let more = 0; more < 50; more++) client.write('z'.repeat(1000))
    await nextTurn()
    expect(writes).toHaveLength(whenFull)
    client.end()
    const total = received()
    socket.resume()
    expect((await total).length).toBe((pieces + 1) * piece.length + 50_000)
  })
})
