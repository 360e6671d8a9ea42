import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectMeasured, type Measured, request } from '../support/measured.ts'
import { startStubRedis, type StubRedis } from '../support/stub-redis.ts'

let stub: StubRedis
let measured: Measured | undefined

beforeEach(async () => {
  stub = await startStubRedis()
})
afterEach(async () => {
  measured?.close()
  await stub.close()
})

const GET = request('GET', 'k')
const SET = request('SET', 'k', 'v')

describe('single commands', () => {
  it.each([
    [true, 2],
    [true, 3],
    [false, 2],
    [false, 3],
  ] as const)(
    'arrive in order and settle with what came back (coalesced %s, RESP%d)',
    async (coalesce, protocol) => {
      measured = await connectMeasured(stub.port, { coalesce, protocol })
      const replies = ['+OK\r\n', '$-1\r\n', '-OOM command not allowed\r\n', '$3\r\nabc\r\n', ':1\r\n']
      stub.answer = () => replies[stub.requests.length - 1]
      for (const wire of [SET, GET, SET, GET, request('INCR', 'n')]) measured.send(wire)
      await measured.until(5)
      expect(stub.requests.map(([name]) => name)).toEqual(['SET', 'GET', 'SET', 'GET', 'INCR'])
      expect(measured.settled).toEqual(['set ok', 'get ok nil', 'set failed OOM', 'get ok', 'incr ok'])
      expect(measured.connection.held).toBe(0)
    },
  )

  it('are indeterminate when the connection is lost before the answer', async () => {
    measured = await connectMeasured(stub.port)
    stub.answer = (_, socket) => {
      socket.destroy()
      return undefined
    }
    measured.send(SET)
    measured.send(GET)
    await measured.until(2)
    expect(measured.settled).toEqual(['set indeterminate max_retries', 'get indeterminate max_retries'])
    expect(measured.connection.oldestLostAt).toBe(0)
  })

  it('fail for certain when there is no connection', async () => {
    measured = await connectMeasured(stub.port)
    const { redis } = measured.connection
    const closed = once(redis, 'close')
    for (const socket of stub.sockets) socket.destroy()
    await closed
    measured.send(SET)
    expect(measured.settled).toEqual(['set failed not_writable'])
    expect(measured.connection.oldestLostAt).toBe(Number.POSITIVE_INFINITY)
  })

  it('are told apart when the answer comes after they were abandoned', async () => {
    measured = await connectMeasured(stub.port)
    let release = (): void => {}
    stub.answer = (_, socket) => {
      release = () => socket.write('+OK\r\n')
      return undefined
    }
    const call = measured.send(GET)
    call.abandoned = true
    await expect.poll(() => stub.requests.length).toBe(1)
    release()
    await measured.until(1)
    expect(measured.settled).toEqual([])
    expect(measured.late).toEqual(['get answered'])
    expect(measured.connection.held).toBe(0)
  })

  it('are reused, and only when they are free', async () => {
    measured = await connectMeasured(stub.port)
    const first = measured.send(GET)
    const second = measured.send(GET)
    expect(second).not.toBe(first)
    await measured.until(2)
    const reused = [measured.connection.take(), measured.connection.take(), measured.connection.take()]
    expect(new Set(reused).size).toBe(3)
    expect(reused).toContain(first)
    expect(reused).toContain(second)
  })
})

describe('pipelines', () => {
  it('go out in one write and settle command by command', async () => {
    measured = await connectMeasured(stub.port, { coalesce: false })
    let chunks = 0
    for (const socket of stub.sockets) socket.on('data', () => chunks++)
    const replies = ['+OK\r\n', '-WRONGTYPE Operation\r\n', '$-1\r\n']
    stub.answer = () => replies[stub.requests.length - 1]
    measured.sendBatch('pipeline', [SET, GET, GET])
    await measured.until(3)
    expect(chunks).toBe(1)
    expect(measured.settled).toEqual(['set ok', 'get failed WRONGTYPE', 'get ok nil'])
  })

  it('lose what was not answered, and only that', async () => {
    measured = await connectMeasured(stub.port)
    stub.answer = (_, socket) => {
      if (stub.requests.length < 3) return '+OK\r\n'
      socket.end()
      return undefined
    }
    measured.sendBatch('pipeline', [SET, SET, SET, SET])
    await measured.until(4)
    expect(measured.settled.map((line) => line.split(' ')[1])).toEqual([
      'ok',
      'ok',
      'indeterminate',
      'indeterminate',
    ])
  })

  it('fail as a whole when there is no connection', async () => {
    measured = await connectMeasured(stub.port)
    const closed = once(measured.connection.redis, 'close')
    for (const socket of stub.sockets) socket.destroy()
    await closed
    measured.sendBatch('pipeline', [SET, GET])
    expect(measured.settled).toEqual(['set failed not_writable', 'get failed not_writable'])
  })
})

describe('transactions', () => {
  const inOrder = (replies: readonly (string | undefined)[]): void => {
    stub.answer = () => replies[stub.requests.length - 1]
  }

  it('are framed by MULTI and EXEC and settle with the results of EXEC', async () => {
    measured = await connectMeasured(stub.port)
    inOrder([
      '+OK\r\n',
      '+QUEUED\r\n',
      '+QUEUED\r\n',
      '+QUEUED\r\n',
      '*3\r\n+OK\r\n$-1\r\n-WRONGTYPE Operation\r\n',
    ])
    measured.sendBatch('transaction', [SET, GET, request('INCR', 'k')])
    expect(measured.settled).toEqual([])
    await measured.until(3)
    expect(stub.requests.map(([name]) => name)).toEqual(['MULTI', 'SET', 'GET', 'INCR', 'EXEC'])
    expect(measured.settled).toEqual(['set ok', 'get ok nil', 'incr failed WRONGTYPE'])
  })

  it('that are aborted blame the command that could not be queued', async () => {
    measured = await connectMeasured(stub.port)
    inOrder([
      '+OK\r\n',
      '-OOM command not allowed\r\n',
      '+QUEUED\r\n',
      '-EXECABORT Transaction discarded\r\n',
    ])
    measured.sendBatch('transaction', [SET, GET])
    await measured.until(2)
    expect(measured.settled).toEqual(['set failed OOM', 'get failed EXECABORT'])
  })

  it('are indeterminate as a whole when the answer of EXEC is lost', async () => {
    measured = await connectMeasured(stub.port)
    stub.answer = ([name], socket) => {
      if (name === 'EXEC') socket.destroy()
      return name === 'EXEC' ? undefined : name === 'MULTI' ? '+OK\r\n' : '+QUEUED\r\n'
    }
    measured.sendBatch('transaction', [SET, GET])
    await measured.until(2)
    expect(measured.settled.map((line) => line.split(' ')[1])).toEqual(['indeterminate', 'indeterminate'])
  })

  it('fail for certain when there is no connection', async () => {
    measured = await connectMeasured(stub.port)
    const closed = once(measured.connection.redis, 'close')
    for (const socket of stub.sockets) socket.destroy()
    await closed
    measured.sendBatch('transaction', [SET, GET])
    expect(measured.settled).toEqual(['set failed not_writable', 'get failed not_writable'])
  })
})

describe('the preset as-app', () => {
  it('lets the client send again what was lost, and counts it', async () => {
    measured = await connectMeasured(stub.port, { preset: 'as-app' })
    let losses = 0
    stub.answer = (_, socket) => {
      if (losses++ > 0) return '+OK\r\n'
      socket.destroy()
      return undefined
    }
    measured.send(SET)
    await measured.until(1)
    expect(measured.settled).toEqual(['set ok'])
    expect(stub.requests).toHaveLength(2)
    expect(measured.read().counters.resent_commands).toBe(1)
  })

  it('does not take an error for certain when an earlier copy may have run', async () => {
    measured = await connectMeasured(stub.port, { preset: 'as-app' })
    let losses = 0
    stub.answer = (_, socket) => {
      if (losses++ > 0) return '-OOM command not allowed\r\n'
      socket.destroy()
      return undefined
    }
    measured.send(SET)
    await measured.until(1)
    expect(measured.settled).toEqual(['set indeterminate OOM'])
    expect(stub.requests).toHaveLength(2)
  })

  it('lets the client queue while it is offline, pipelines too, and counts it', async () => {
    measured = await connectMeasured(stub.port, { preset: 'as-app' })
    const closed = once(measured.connection.redis, 'close')
    for (const socket of stub.sockets) socket.destroy()
    await closed
    measured.send(SET)
    measured.sendBatch('pipeline', [GET, GET])
    expect(measured.settled).toEqual([])
    await measured.until(3)
    expect(measured.settled).toEqual(['set ok', 'get ok', 'get ok'])
    expect(measured.read().counters).toMatchObject({ offline_queued_commands: 3, resent_commands: 0 })
  })
})
